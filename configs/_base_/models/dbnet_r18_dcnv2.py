_base_ = ['dbnet.py', '../backbones/r18.py', '../backbones/dcnv2.py']

model = dict(backbone=dict(_base_.backbone, type='DeformableResNet', **_base_.dcnv2), neck=dict(_base_.neck, asf=None))
