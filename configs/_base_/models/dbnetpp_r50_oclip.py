_base_ = ['dbnet.py', '../backbones/r50_oclip.py']

model = dict(
    backbone=_base_.backbone,
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=64)))
