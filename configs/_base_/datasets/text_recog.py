"""What data sets of word crops share: images and a JSON file as `dbnetpp crop` writes them."""

train_pipeline = [
    dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
    dict(type='LoadOCRAnnotations', with_text=True),
    dict(type='RandomApply', prob=0.4, transforms=[dict(type='TextRecogGeneralAug')]),
    dict(type='TorchVisionWrapper', op='ColorJitter', brightness=0.3, contrast=0.3, saturation=0.3, hue=0.1),
    dict(type='RescaleToHeight', height=48, min_width=16, max_width=320),
    dict(type='PadToWidth', width=320, pad_cfg=dict(type='Pad', pad_val=127)),
    dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'valid_ratio')),
]
test_pipeline = [
    dict(type='LoadImageFromFile', color_type='color'),
    dict(type='RescaleToHeight', height=48, min_width=16),
    dict(type='LoadOCRAnnotations', with_text=True),
    dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'valid_ratio')),
]

train_dataloader = dict(
    batch_size=64,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='OCRDataset', ann_file='textrecog_train.json', pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='OCRDataset', ann_file='textrecog_test.json', test_mode=True, pipeline=test_pipeline))
test_dataloader = val_dataloader
