_base_ = ['dbnet.py', '../backbones/r18.py']

model = dict(
    backbone=_base_.backbone,
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=64)))
