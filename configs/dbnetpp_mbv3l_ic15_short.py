"""DBNet++, MobileNetV3-Large, ICDAR 2015, tested at a short side of 736: from synthetic text on, for CPUs.

It starts from the weights that come with the package, and trains for 10,400 crops of 512 pixels.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_mbv3l.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/adamw_cosine_2600.py',
    '_base_/iters_runtime.py',
]

model = dict(
    init_cfg=dict(type='Pretrained', checkpoint='dbnetpp://dbnetpp_mbv3l_randomsynth'),
    backbone=dict(init_cfg=None))

train_pipeline = _base_.train_pipeline
train_pipeline[2]['size'] = (512, 512)
train_dataloader = dict(
    batch_size=4,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(num_workers=1)
test_dataloader = val_dataloader

val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.6)]
test_evaluator = val_evaluator
