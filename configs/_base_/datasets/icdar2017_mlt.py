"""ICDAR 2017 MLT: made by `dbnetpp prepare icdar2017_mlt --root RAW --out data/icdar2017_mlt`.

Trained on the 7200 training images and tested on the 1800 validation images, as the ground truth of the test images is
not public. The papers train on both and send their results to the organisers' server:
--cfg-options train_dataloader.dataset.ann_file=textdet_train.json

Tested at a short side of 1024, which is a choice of this project.
"""

_base_ = 'text_det.py'

data_root = 'data/icdar2017_mlt'
resize = dict(type='Resize', scale=(4096, 1024), keep_ratio=True)
test_pipeline = [_base_.load_image, resize, *_base_.pack]
tta_pipeline = [_base_.load_image, resize, _base_.views]
train_dataloader = dict(dataset=dict(data_root=data_root, ann_file='textdet_train_only.json'))
val_dataloader = dict(dataset=dict(data_root=data_root, ann_file='textdet_val.json', pipeline=test_pipeline))
test_dataloader = val_dataloader
