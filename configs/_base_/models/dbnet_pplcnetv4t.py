"""PP-OCRv6 tiny: as small, narrower, with kernels of 5."""

_base_ = 'dbnet_pplcnetv4s.py'

model = dict(
    backbone=dict(arch='tiny'),
    neck=dict(in_channels=[32, 48, 64, 160], out_channels=64, kernel_size=5),
    det_head=dict(in_channels=64))
