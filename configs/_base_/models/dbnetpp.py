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
        postprocessor=dict(type='DBNetPPPostprocessor', text_repr_type='quad', epsilon_ratio=0.002)))
