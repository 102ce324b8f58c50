"""SCUT-CTW1500: made by `dbnetpp prepare ctw1500 --root RAW --out data/ctw1500`.

Tested at a short side of 800.
"""

_base_ = 'text_det.py'

data_root = 'data/ctw1500'
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 800)
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
