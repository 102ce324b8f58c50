"""DBNet++, MobileNetV3-Large, from scratch on synthetic text, in an hour or two on one CPU core."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_mbv3l.py',
    '../_base_/datasets/random_synth.py',
    '../_base_/schedules/adamw_cosine_iters.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

# A word is longer than high: grown by the 1.5 of the paper, its outline cuts off the ends of the letters, which reading
# does not forgive.
model = dict(
    backbone=dict(init_cfg=None),
    det_head=dict(postprocessor=dict(unclip_ratio=2.0, min_text_score=0.5)))

# The smallest pages and crops that hold the largest text.
augment_page = dict(size=(320, 320), scale=(0.9, 1.6), min_side_ratio=0.6)
train_pipeline = [_base_.load_annotations, dict(_base_.augment_page, **augment_page), *_base_.make_targets]
train_dataloader = dict(batch_size=8, num_workers=1, dataset=dict(size=(400, 400), pipeline=train_pipeline))
resize = dict(type='Resize', scale=(4096, 640), keep_ratio=True)
test_pipeline = [_base_.load_image, resize, *_base_.pack]
tta_pipeline = [_base_.load_image, resize, _base_.views]
val_dataloader = dict(num_workers=1, dataset=dict(pipeline=[resize, *_base_.pack]))
test_dataloader = dict(num_workers=1, dataset=dict(pipeline=test_pipeline))

max_iters = 2400
optim_wrapper = dict(type='BFloat16OptimWrapper', optimizer=dict(lr=3e-3))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [_base_.warm_up, dict(_base_.decay, end=max_iters)]
