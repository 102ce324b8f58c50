"""Synthetic text drawn by the data workers, epoch after epoch another: nothing to download or to store.

Tested on files that `dbnetpp synth --out data/synth` makes, on photographs that are in no training page.
"""

_base_ = 'text_det.py'

# Pages start from pixels, not from files, and are varied enough to need no jitter of colours.
train_pipeline = [
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
    dict(type='DBTextAugment', size=(640, 640), flip=0.0, rotation=(0, 0)),
    *_base_.train_pipeline[3:],
]
# People's photographs are turned as EXIF says; no annotations of old are to be matched.
test_pipeline = _base_.test_pipeline
test_pipeline[0]['color_type'] = 'color'

train_dataloader = dict(
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(_delete_=True, type='RandomSynthText', size=(800, 800), pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(_delete_=True, type='RandomSynthText', split='test', length=200, test_mode=True,
                 pipeline=test_pipeline[1:]))
test_dataloader = dict(dataset=dict(data_root='data/synth', pipeline=test_pipeline))
