"""MSRA-TD500, tested at a short side of 736: made by `dbnetpp prepare msra_td500 --root RAW --out data/msra_td500`.

For short trainings on CPUs: batches of 8 crops of 512 pixels.
"""

_base_ = 'text_det.py'

data_root = 'data/msra_td500'
train_pipeline = [*_base_.load_training, dict(_base_.augment, size=(512, 512)), *_base_.make_targets]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
