"""Your own photographs: made by `dbnetpp prepare custom --out data/custom`. For short trainings: 8 crops of 512 pixels.

They are turned as EXIF says, where annotations of public data sets belong to pixels as they are stored.
"""

_base_ = 'text_det.py'

data_root = 'data/custom'
train_pipeline = [*_base_.load_training, dict(_base_.augment, size=(512, 512)), *_base_.make_targets]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(data_root=data_root, pipeline=train_pipeline))

load_image = dict(_base_.load_image, color_type='color')
test_pipeline = [load_image, _base_.resize, *_base_.pack]
tta_pipeline = [load_image, _base_.resize, _base_.views]
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
