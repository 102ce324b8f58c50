"""DBNet++, MobileNetV3-Large, MSRA-TD500, tested at a short side of 512: from synthetic text on, for CPUs.

It starts from the weights that come with the package, and trains for some 70 epochs on crops of 384 pixels.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_mbv3l.py',
    '_base_/datasets/msra_td500.py',
    '_base_/schedules/adamw_cosine_2600.py',
    '_base_/iters_runtime.py',
]

model = dict(
    init_cfg=dict(type='Pretrained', checkpoint='dbnetpp://dbnetpp_mbv3l_randomsynth'),
    backbone=dict(init_cfg=None))

train_pipeline = _base_.train_pipeline
train_pipeline[2]['size'] = (384, 384)
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(pipeline=train_pipeline))
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 512)
val_dataloader = dict(num_workers=1, dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
