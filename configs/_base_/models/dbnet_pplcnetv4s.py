"""PP-OCRv6 small as it was published, without adaptive scale fusion."""

_base_ = ['dbnet.py', '../backbones/pplcnetv4s.py']

model = dict(
    # PP-OCR normalises BGR by the mean and deviation of ImageNet in the order of RGB.
    data_preprocessor=dict(bgr_to_rgb=False),
    backbone=_base_.backbone,
    neck=dict(_base_.neck, asf=None),
    det_head=dict(in_channels=96, with_bias=True, with_norm=False))
