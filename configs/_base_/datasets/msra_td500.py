"""MSRA-TD500: made by `dbnetpp prepare msra_td500 --root RAW --out data/msra_td500`."""

_base_ = 'text_det.py'

data_root = 'data/msra_td500'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
