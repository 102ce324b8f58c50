"""DBNet++, ResNet-50 with oCLIP weights, ICDAR 2015, tested at a short side of 1024: MMOCR's recipe."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r50_oclip.py',
    '_base_/datasets/icdar2015_1024.py',
    '_base_/schedules/sgd_poly_1200e_warmup.py',
    '_base_/evaluation/score_60.py',
    '_base_/default_runtime.py',
]
