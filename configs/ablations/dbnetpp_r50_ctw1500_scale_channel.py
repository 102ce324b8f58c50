"""Ablation: DBNet++ with the attention scale_channel, ResNet-50, CTW1500 (arXiv 2202.10304)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_r50.py',
    '../_base_/datasets/ctw1500.py',
    '../_base_/schedules/sgd_poly_1200e.py',
    '../_base_/evaluation/score_60.py',
    '../_base_/default_runtime.py',
]

model = dict(
    neck=dict(asf=dict(attention='scale_channel')),
    det_head=dict(postprocessor=dict(text_repr_type='poly', unclip_ratio=2.0)))  # curved text
