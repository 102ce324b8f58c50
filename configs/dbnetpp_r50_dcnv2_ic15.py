"""DBNet++, ResNet-50 with DCNv2, ICDAR 2015, tested at a short side of 1152 (arXiv 2202.10304)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r50_dcnv2.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/default_runtime.py',
]

test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 1152)
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
