"""MMOCR's own DBNet++ with ResNet-18, as configs/synthetic/dbnetpp_r18_synth.py trains this project's: to compare both.

Model, loss, label maps, data set and augmentation are MMOCR's; sizes, batch, optimizer, schedule, hooks and evaluation
are those of that config. It computes in float32, as MMOCR does on CPUs: MMEngine's wrapper for mixed precision asks for
a GPU. The plugin is imported because with it MMOCR runs on today's packages.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    'mmocr::textdet/dbnetpp/_base_dbnetpp_resnet50-dcnv2_fpnc.py',
    '../_base_/schedules/adamw_cosine_iters.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(
    backbone=dict(
        _delete_=True,
        type='mmdet.ResNet',
        depth=18,
        out_indices=(0, 1, 2, 3),
        norm_cfg=dict(type='BN', requires_grad=True),
        norm_eval=False,
        style='pytorch'),
    neck=dict(in_channels=[64, 128, 256, 512]))

data_root = 'data/synth'
# MMOCR's steps at these sizes.
crops = dict(Resize=dict(scale=(224, 224)), Pad=dict(size=(224, 224)))
train_pipeline = [dict(step, **crops.get(step.type, {})) for step in _base_.train_pipeline]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='OCRDataset', data_root=data_root, ann_file='textdet_train.json', pipeline=train_pipeline))
images = dict(Resize=dict(scale=(4096, 480)))
test_pipeline = [dict(step, **images.get(step.type, {})) for step in _base_.test_pipeline]
val_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='OCRDataset', data_root=data_root, ann_file='textdet_test.json', test_mode=True,
                 pipeline=test_pipeline))
test_dataloader = val_dataloader

default_hooks = dict(checkpoint=dict(interval=100))
