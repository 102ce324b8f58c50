"""What the data sets share: the official augmentation, label maps made in the workers, and the data loaders."""

train_pipeline = [
    dict(type='LoadEncodedImage'),
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
    dict(
        type='DBTextAugment',
        size=(640, 640),
        flip=0.5,
        rotation=(-10, 10),
        brightness=32 / 255,
        saturation=0.5),
    dict(type='GenerateDBTargets', shrink_ratio=0.4, min_size=8),
    dict(type='PackDBInputs', meta_keys=('img_path', 'ori_shape', 'img_shape')),
]

# The decoder of this package, as in training and in TextDetector: what is transparent is white, not black.
test_pipeline = [
    dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
    dict(type='Resize', scale=(4096, 736), keep_ratio=True),
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
    dict(
        type='PackTextDetInputs',
        meta_keys=('img_path', 'ori_shape', 'img_shape', 'scale_factor', 'instances')),
]

train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(type='TextDetDataset', ann_file='textdet_train.json', pipeline=train_pipeline))

val_dataloader = dict(
    batch_size=1,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='TextDetDataset', ann_file='textdet_test.json', test_mode=True, pipeline=test_pipeline))
test_dataloader = val_dataloader
