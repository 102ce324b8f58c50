"""Ablation: DBNet without supervision of the threshold map, ResNet-50 with DCNv2, ICDAR 2017 MLT (arXiv 1911.08947)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnet_r50_dcnv2.py',
    '../_base_/datasets/icdar2017_mlt.py',
    '../_base_/schedules/sgd_poly_1200e.py',
    '../_base_/evaluation/score_60.py',
    '../_base_/default_runtime.py',
]

model = dict(det_head=dict(module_loss=dict(weight_thr=0)))
