"""MMOCR's schedule for ResNet-50 without a SynthText stage: the official one after 200 epochs of warm-up.

The learning rate is for oCLIP weights; for ImageNet weights MMOCR has 0.003 in DBNet++. Its DBNet warms up for 100.
"""

_base_ = 'sgd_poly_1200e.py'

optim_wrapper = dict(optimizer=dict(lr=0.002))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, end=200),
    dict(type='PolyLR', power=0.9, eta_min=1e-7, begin=200, end=1200),
]
