"""What the data sets share: the official augmentation, label maps made in the workers, and the data loaders.

Steps of the pipelines have names, so that a data set that is tested at another size, or a config with other crops, puts
them together anew.
"""

load_training = [
    dict(type='LoadEncodedImage'),
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
]
augment = dict(
    type='DBTextAugment',
    size=(640, 640),
    flip=0.5,
    rotation=(-10, 10),
    brightness=32 / 255,
    saturation=0.5)
make_targets = [
    dict(type='GenerateDBTargets', shrink_ratio=0.4, min_size=8),
    dict(type='PackDBInputs', meta_keys=('img_path', 'ori_shape', 'img_shape')),
]
train_pipeline = [*load_training, augment, *make_targets]

# The decoder of this package, as in training and in TextDetector: what is transparent is white, not black.
load_image = dict(type='LoadImageFromFile', color_type='color_ignore_orientation')
resize = dict(type='Resize', scale=(4096, 736), keep_ratio=True)
load_annotations = dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True)
meta_keys = ('img_path', 'ori_shape', 'img_shape', 'scale_factor', 'instances')
pack = [load_annotations, dict(type='PackTextDetInputs', meta_keys=meta_keys)]
test_pipeline = [load_image, resize, *pack]

# For `mim test --tta`: each image and its mirror image.
views = dict(
    type='TestTimeAug',
    transforms=[
        [dict(type='RandomFlip', prob=0.0), dict(type='RandomFlip', prob=1.0)],
        [load_annotations],
        [dict(type='PackTextDetInputs', meta_keys=(*meta_keys, 'flip', 'flip_direction'))],
    ])
tta_pipeline = [load_image, resize, views]

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
