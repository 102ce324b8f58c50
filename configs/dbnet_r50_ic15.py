"""DBNet, ResNet-50, ICDAR 2015, tested at a short side of 1024: MMOCR's recipe, without a SynthText stage."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r50.py',
    '_base_/datasets/icdar2015_1024.py',
    '_base_/schedules/sgd_poly_1200e_warmup.py',
    '_base_/evaluation/score_60.py',
    '_base_/default_runtime.py',
]

model = dict(backbone=dict(norm_eval=True))
