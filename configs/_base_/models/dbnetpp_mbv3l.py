_base_ = ['dbnet.py', '../backbones/mbv3l.py']

model = dict(
    backbone=_base_.backbone,
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=24)),
    det_head=dict(in_channels=96))
