"""DBNet++, MobileNetV3-Large, from scratch on synthetic text in minutes on two CPU cores: the demo of `make demo`."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_mbv3l.py',
    '_base_/datasets/synth.py',
    '_base_/schedules/adamw_cosine_iters.py',
    '_base_/iters_runtime.py',
]

model = dict(backbone=dict(init_cfg=None))

# Small crops of about the size of the page's details, and no mirrored letters: there are minutes to learn in, not days.
train_pipeline = _base_.train_pipeline
train_pipeline[2].update(size=(256, 192), flip=0.0, scale=(1.0, 2.5), min_side_ratio=0.3)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))

optim_wrapper = dict(optimizer=dict(lr=3e-3))
default_hooks = dict(checkpoint=dict(interval=500))
tta_pipeline = [*_base_.test_pipeline[:2], _base_.tta_pipeline[2]]
