"""DBNet++, ResNet-18 of half the width, from scratch on synthetic text in minutes on a CPU core: for comparisons."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnet.py',
    '../_base_/backbones/r18_narrow.py',
    '../_base_/datasets/synth.py',
    '../_base_/schedules/adamw_cosine_800.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/iters_runtime.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=24)),
    det_head=dict(in_channels=96))
default_hooks = dict(checkpoint=dict(interval=500))
