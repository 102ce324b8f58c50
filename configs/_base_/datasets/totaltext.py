"""Total-Text, tested at a short side of 800: made by `dbnetpp prepare totaltext --root RAW --out data/totaltext`."""

_base_ = 'text_det.py'

data_root = 'data/totaltext'
resize = dict(type='Resize', scale=(4096, 800), keep_ratio=True)
test_pipeline = [_base_.load_image, resize, *_base_.pack]
tta_pipeline = [_base_.load_image, resize, _base_.views]
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
