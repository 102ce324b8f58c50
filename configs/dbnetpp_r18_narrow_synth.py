"""DBNet++, ResNet-18 of half the width, from scratch on synthetic text in minutes on a CPU core: for comparisons."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = 'dbnetpp_mbv3l_synth.py'

# A CPU trains it twice as fast as a MobileNetV3-Large, whose narrow neck and head it has.
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmdet.ResNet',
        depth=18,
        base_channels=32,
        stem_channels=32,
        out_indices=(0, 1, 2, 3),
        norm_cfg=dict(type='BN', requires_grad=True),
        norm_eval=False,
        style='pytorch'),
    neck=dict(in_channels=[32, 64, 128, 256]))

max_iters = 800
optim_wrapper = dict(type='BFloat16OptimWrapper')
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = _base_.param_scheduler
param_scheduler[1]['end'] = max_iters
