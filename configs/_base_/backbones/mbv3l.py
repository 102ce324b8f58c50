"""MobileNetV3-Large, and a narrow pyramid on it.

Sized for CPUs: with a light backbone the neck and head are most of the work, so they are narrow, as the field's mobile
models are. Four levels of 24 channels make the 96 that the head takes.
"""

backbone = dict(
    type='TorchvisionMobileNetV3',
    arch='large',
    # From scratch, where there is no network: --cfg-options model.backbone.init_cfg=None
    init_cfg=dict(type='Pretrained', checkpoint='torchvision://mobilenet_v3_large'))
neck = dict(type='FPNASF', in_channels=[24, 40, 112, 960], lateral_channels=96, out_channels=24)
