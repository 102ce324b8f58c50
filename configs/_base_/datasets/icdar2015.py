"""ICDAR 2015, tested at a short side of 736: made by `dbnetpp prepare icdar2015 --root RAW --out data/icdar2015`."""

_base_ = 'text_det.py'

data_root = 'data/icdar2015'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
