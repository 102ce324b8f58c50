"""Total-Text, tested at a short side of 800: made by `dbnetpp prepare totaltext --root RAW --out data/totaltext`.

For short trainings on CPUs: batches of 8 crops of 512 pixels.
"""

_base_ = 'text_det.py'

data_root = 'data/totaltext'
train_pipeline = [*_base_.load_training, dict(_base_.augment, size=(512, 512)), *_base_.make_targets]
resize = dict(type='Resize', scale=(4096, 800), keep_ratio=True)
test_pipeline = [_base_.load_image, resize, *_base_.pack]
tta_pipeline = [_base_.load_image, resize, _base_.views]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
