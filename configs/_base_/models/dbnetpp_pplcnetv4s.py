"""DBNet++ on PP-OCRv6 small. The adaptive scale fusion behind its pyramid starts as the identity."""

_base_ = ['dbnet.py', '../backbones/pplcnetv4s.py']

model = dict(
    # PP-OCR normalises BGR by the mean and deviation of ImageNet in the order of RGB.
    data_preprocessor=dict(bgr_to_rgb=False),
    backbone=_base_.backbone,
    neck=dict(_base_.neck, asf=dict(attention='scale_channel_spatial', inner_channels=24, identity=True)),
    det_head=dict(in_channels=96, with_bias=True, with_norm=False))
