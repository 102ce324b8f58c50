"""DBNet++, ResNet-18, ICDAR 2015, from scratch: no pretrained weights are needed, nor a network."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnetpp_r18.py',
    '../_base_/datasets/icdar2015.py',
    '../_base_/schedules/adamw_cosine_300e.py',
    '../_base_/evaluation/score_55.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=dict(init_cfg=None))
