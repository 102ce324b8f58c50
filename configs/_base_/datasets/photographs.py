"""People's photographs: turned as EXIF says, where annotations of data sets belong to pixels as they are stored."""

_base_ = 'text_det.py'

test_pipeline = _base_.test_pipeline
test_pipeline[0]['color_type'] = 'color'
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
