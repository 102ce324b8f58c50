"""ICDAR 2015, tested at a short side of 1024: made by `dbnetpp prepare icdar2015 --root RAW --out data/icdar2015`."""

_base_ = 'text_det.py'

data_root = 'data/icdar2015'
resize = dict(type='Resize', scale=(4096, 1024), keep_ratio=True)
test_pipeline = [_base_.load_image, resize, *_base_.pack]
tta_pipeline = [_base_.load_image, resize, _base_.views]
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
