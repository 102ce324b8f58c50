_base_ = ['dbnet.py', '../backbones/r50.py']

model = dict(backbone=_base_.backbone, neck=dict(_base_.neck, asf=None))
