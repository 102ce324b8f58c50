"""Synthetic text, tested at a short side of 480: made by `dbnetpp synth --out data/synth`."""

_base_ = 'text_det.py'

data_root = 'data/synth'
# Small crops of about the size of the page's details, and no mirrored letters: there are minutes to learn in, not days.
train_pipeline = [
    *_base_.load_training,
    dict(_base_.augment, size=(256, 192), flip=0.0, scale=(1.0, 2.5), min_side_ratio=0.3),
    *_base_.make_targets,
]
resize = dict(type='Resize', scale=(4096, 480), keep_ratio=True)
test_pipeline = [_base_.load_image, resize, *_base_.pack]
tta_pipeline = [_base_.load_image, resize, _base_.views]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
