"""DBNet++, ResNet-18, feature enhancement before the fusion, ICDAR 2015, tested at a short side of 736."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r18_fpem.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_55.py',
    '_base_/default_runtime.py',
]
