"""DBNet++, ResNet-18 of half the width with DCNv2, from scratch on synthetic text: for comparisons."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnet.py',
    '../_base_/backbones/r18_narrow.py',
    '../_base_/backbones/dcnv2.py',
    '../_base_/datasets/synth.py',
    '../_base_/schedules/adamw_cosine_800.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(
    backbone=dict(_base_.backbone, type='DeformableResNet', **_base_.dcnv2),
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=24)),
    det_head=dict(in_channels=96))
default_hooks = dict(checkpoint=dict(interval=500))
