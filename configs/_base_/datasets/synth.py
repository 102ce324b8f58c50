"""Synthetic text: made by `dbnetpp synth --out data/synth`."""

_base_ = 'text_det.py'

data_root = 'data/synth'
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(data_root=data_root))
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 480)
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
