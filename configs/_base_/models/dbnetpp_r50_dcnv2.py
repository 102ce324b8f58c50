_base_ = ['dbnet.py', '../backbones/r50.py', '../backbones/dcnv2.py']

model = dict(
    backbone=dict(_base_.backbone, **_base_.dcnv2),
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=64)))
