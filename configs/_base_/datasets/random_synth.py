"""Synthetic text drawn by the data workers, epoch after epoch another: nothing to download or to store.

Tested on files that `dbnetpp synth --out data/synth` makes, on photographs that are in no training page.
"""

_base_ = 'text_det.py'

# Pages start from pixels, not from files, and are varied enough to need no jitter of colours.
augment_page = dict(type='DBTextAugment', size=(640, 640), flip=0.0, rotation=(0, 0))
train_pipeline = [_base_.load_annotations, augment_page, *_base_.make_targets]
# People's photographs are turned as EXIF says; no annotations of old are to be matched.
load_image = dict(_base_.load_image, color_type='color')
test_pipeline = [load_image, _base_.resize, *_base_.pack]
tta_pipeline = [load_image, _base_.resize, _base_.views]

train_dataloader = dict(
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(_delete_=True, type='RandomSynthText', size=(800, 800), pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(_delete_=True, type='RandomSynthText', split='test', length=200, test_mode=True,
                 pipeline=[_base_.resize, *_base_.pack]))
test_dataloader = dict(dataset=dict(data_root='data/synth', pipeline=test_pipeline))
