"""DBNet++, PP-OCRv6 small, MSRA-TD500, tested at a short side of 736: from PP-OCR's published weights on.

A short training at a low learning rate, of 300 batches of 8 crops of 512 pixels: about ten minutes on two CPU
cores.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_pplcnetv4s.py',
    '_base_/datasets/msra_td500.py',
    '_base_/schedules/finetune_ppocr.py',
    '_base_/iters_runtime.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'))

train_pipeline = _base_.train_pipeline
train_pipeline[2]['size'] = (512, 512)
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(num_workers=1)
test_dataloader = val_dataloader

max_iters = 300
optim_wrapper = dict(optimizer=dict(lr=3e-4))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = _base_.param_scheduler
param_scheduler[1]['end'] = max_iters

val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.6)]
test_evaluator = val_evaluator
