"""Ablation: DBNet++ with the attention scale_channel, ResNet-18, CTW1500 (arXiv 2202.10304)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = 'dbnetpp_r18_ctw1500.py'

model = dict(neck=dict(asf=dict(attention='scale_channel')))
