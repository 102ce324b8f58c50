"""Two rounds of PAN's enhancement, top-down and bottom-up, in place of the pyramid; the fusion is the same."""

_base_ = ['dbnet.py', '../backbones/r18.py']

model = dict(
    backbone=_base_.backbone,
    neck=dict(
        type='FPEMASF',
        in_channels=_base_.neck.in_channels,
        out_channels=64,
        repeats=2,
        asf=dict(attention='scale_channel_spatial', inner_channels=64)))
