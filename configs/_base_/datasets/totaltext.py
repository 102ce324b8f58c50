"""Total-Text: made by `dbnetpp prepare totaltext --root RAW --out data/totaltext`.

Tested at a short side of 800.
"""

_base_ = 'text_det.py'

data_root = 'data/totaltext'
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 800)
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
