"""DBNet++ without its backbone: neck with adaptive scale fusion, head, loss, postprocessor; dbnet_* have no fusion."""

model = dict(
    type='DBNet',
    data_preprocessor=dict(
        type='DBNetPPDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
        pad_size_divisor=32),
    neck=dict(
        type='FPNASF',
        lateral_channels=256,
        out_channels=64,
        asf=dict(attention='scale_channel_spatial', inner_channels=64)),
    det_head=dict(
        type='DBNetPPHead',
        in_channels=256,
        module_loss=dict(type='DBNetPPLoss'),
        # Pixels above 0.3 are text, the threshold of the official code (SegDetectorRepresenter) and of MMOCR, with
        # which the figures of their released models were measured. The papers write 0.2: see *_paper.py.
        postprocessor=dict(
            type='DBNetPPPostprocessor', text_repr_type='quad', mask_thr=0.3, epsilon_ratio=0.002)))

# For `mim test --tta`: text is found in the mean of the maps of each image and its mirror image. A config that tests at
# another size, or loads images in another way, repeats here what its test_pipeline does.
tta_model = dict(type='DBNetPPTTAModel')
tta_pipeline = [
    dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
    dict(type='Resize', scale=(4096, 736), keep_ratio=True),
    dict(
        type='TestTimeAug',
        transforms=[
            [dict(type='RandomFlip', prob=0.0), dict(type='RandomFlip', prob=1.0)],
            [dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True)],
            [dict(
                type='PackTextDetInputs',
                meta_keys=('img_path', 'ori_shape', 'img_shape', 'scale_factor', 'instances', 'flip',
                           'flip_direction'))],
        ]),
]
