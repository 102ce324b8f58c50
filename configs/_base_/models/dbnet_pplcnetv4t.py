"""PP-OCRv6 tiny: PPLCNetV4 and a pyramid with kernels of 5, in the merged form of the published weights."""

_base_ = 'dbnet.py'

model = dict(
    # PP-OCR normalises BGR by the mean and deviation of ImageNet in the order of RGB.
    data_preprocessor=dict(bgr_to_rgb=False),
    backbone=dict(type='PPLCNetV4', arch='tiny', merged=True),
    neck=dict(
        type='RepLKFPN', in_channels=[32, 48, 64, 160], out_channels=64, kernel_size=5, merged=True, asf=None),
    det_head=dict(in_channels=64, with_bias=True, with_norm=False))
