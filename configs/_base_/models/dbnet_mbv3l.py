_base_ = ['dbnet.py', '../backbones/mbv3l.py']

model = dict(backbone=_base_.backbone, neck=dict(_base_.neck, asf=None), det_head=dict(in_channels=96))
