"""DBNet++ on PP-OCRv6 small: PPLCNetV4 and a pyramid with large kernels, in the merged form of the published weights.

The adaptive scale fusion behind them starts as the identity.
"""

_base_ = 'dbnetpp.py'

model = dict(
    # PP-OCR normalises BGR by the mean and deviation of ImageNet in the order of RGB.
    data_preprocessor=dict(bgr_to_rgb=False),
    backbone=dict(type='PPLCNetV4', arch='small', merged=True),
    neck=dict(
        _delete_=True,
        type='RepLKFPN',
        in_channels=[48, 96, 192, 384],
        out_channels=96,
        kernel_size=7,
        merged=True,
        asf=dict(attention='scale_channel_spatial', inner_channels=24, identity=True)),
    det_head=dict(in_channels=96, with_bias=True, with_norm=False))
