"""DBNet++, PP-OCRv6 small, ICDAR 2015, tested at a short side of 736: from PP-OCR's published weights on.

A short training, of 1900 batches of 8 crops of 512 pixels: about an hour on two CPU cores. One crop in eight is of a
synthetic page.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_pplcnetv4s.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/finetune_ppocr.py',
    '_base_/iters_runtime.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'))

max_iters = 1900
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = _base_.param_scheduler
param_scheduler[1]['end'] = max_iters

# Samples are drawn evenly from the concatenation, so lengths are shares: ICDAR 2015 has 1000 images (repeated), and
# there are 140 synthetic pages for them, each another one.
photographs = _base_.train_dataloader.dataset
train_pipeline = photographs.pipeline
train_pipeline[2]['size'] = (512, 512)
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            dict(type='RepeatDataset', times=100, dataset=dict(**photographs)),
            dict(type='RandomSynthText', length=14000, size=(800, 800), pipeline=[
                dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
                *train_pipeline[2:],
            ]),
        ]))
val_dataloader = dict(num_workers=1)
test_dataloader = val_dataloader

val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.6)]
test_evaluator = val_evaluator
