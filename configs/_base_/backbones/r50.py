"""ResNet-50, and the pyramid on it."""

backbone = dict(
    type='mmdet.ResNet',
    depth=50,
    out_indices=(0, 1, 2, 3),
    norm_cfg=dict(type='BN', requires_grad=True),
    norm_eval=False,
    style='pytorch',
    # From scratch, where there is no network: --cfg-options model.backbone.init_cfg=None
    init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'))
neck = dict(type='FPNASF', in_channels=[256, 512, 1024, 2048], lateral_channels=256, out_channels=64)
