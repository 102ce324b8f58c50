"""Synthetic text: made by `python tools/synth_text.py --out data/synth`."""

_base_ = 'text_det.py'

data_root = 'data/synth'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
