"""Ablation: DBNet++ with the attention scale_spatial, ResNet-50 with DCNv2, MSRA-TD500 (arXiv 2202.10304)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_r50_dcnv2.py',
    '../_base_/datasets/msra_td500_tr400.py',
    '../_base_/schedules/sgd_poly_1200e.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/default_runtime.py',
]

model = dict(neck=dict(asf=dict(attention='scale_spatial')))
