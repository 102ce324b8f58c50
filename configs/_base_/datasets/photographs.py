"""People's photographs: turned as EXIF says, where annotations of data sets belong to pixels as they are stored."""

_base_ = 'text_det.py'

load_image = dict(_base_.load_image, color_type='color')
test_pipeline = [load_image, _base_.resize, *_base_.pack]
tta_pipeline = [load_image, _base_.resize, _base_.views]
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
