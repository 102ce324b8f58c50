"""PP-OCRv4 and v5 mobile: PPLCNetV3 and a pyramid with gates, in the merged form of the published weights."""

_base_ = 'dbnet.py'

model = dict(
    # PP-OCR normalises BGR by the mean and deviation of ImageNet in the order of RGB.
    data_preprocessor=dict(bgr_to_rgb=False),
    backbone=dict(type='PPLCNetV3', scale=0.75, merged=True),
    neck=dict(type='RSEFPN', in_channels=[12, 18, 42, 360], out_channels=96, asf=None),
    det_head=dict(in_channels=96))
