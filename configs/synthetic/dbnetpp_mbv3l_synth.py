"""DBNet++, MobileNetV3-Large, from scratch on synthetic text in minutes on two CPU cores."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_mbv3l.py',
    '../_base_/datasets/synth.py',
    '../_base_/schedules/adamw_cosine_iters.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(backbone=dict(init_cfg=None))
optim_wrapper = dict(optimizer=dict(lr=3e-3))
default_hooks = dict(checkpoint=dict(interval=500))
