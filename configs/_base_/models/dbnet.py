"""What all DBNets share, with and without adaptive scale fusion: all but backbone and neck."""

model = dict(
    type='DBNet',
    data_preprocessor=dict(
        type='DBNetPPDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
        pad_size_divisor=32),
    det_head=dict(
        type='DBNetPPHead',
        in_channels=256,
        module_loss=dict(type='DBNetPPLoss'),
        # Pixels above 0.3 are text, the threshold of the official code (SegDetectorRepresenter) and of MMOCR, with
        # which the figures of their released models were measured. The papers write 0.2: see *_paper.py.
        postprocessor=dict(
            type='DBNetPPPostprocessor', text_repr_type='quad', mask_thr=0.3, epsilon_ratio=0.002)))

# For `mim test --tta`: text is found in the mean of the maps of each image and its mirror image.
tta_model = dict(type='DBNetPPTTAModel')
