"""DBNet++, ResNet-18, from scratch on synthetic text in less than an hour on a CPU core."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_r18.py',
    '../_base_/datasets/synth.py',
    '../_base_/schedules/adamw_cosine_iters.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(backbone=dict(init_cfg=None))

train_pipeline = [*_base_.load_training, dict(_base_.augment, size=(224, 224)), *_base_.make_targets]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))

optim_wrapper = dict(type='BFloat16OptimWrapper')
default_hooks = dict(checkpoint=dict(interval=100))
