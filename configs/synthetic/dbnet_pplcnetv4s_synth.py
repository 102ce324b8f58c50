"""DBNet, PP-OCRv6 small, synthetic pages: the training of `make demo`, in three minutes on two CPU cores."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnet_pplcnetv4s.py',
    '../_base_/datasets/synth.py',
    '../_base_/schedules/finetune_ppocr.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'))

augment = dict(_base_.augment, size=(384, 384), flip=0.0)  # no mirrored letters
train_pipeline = [*_base_.load_training, augment, *_base_.make_targets]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))

max_iters = 150
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [_base_.warm_up, dict(_base_.decay, end=max_iters)]
default_hooks = dict(checkpoint=dict(interval=max_iters))
