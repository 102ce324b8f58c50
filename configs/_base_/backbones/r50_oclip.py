"""The ResNet-50 of CLIP, and the pyramid on it.

Its weights are those that MMOCR publishes: pretrained on text in images by oCLIP, arXiv 2203.03911.
"""

backbone = dict(
    type='CLIPResNet',
    init_cfg=dict(
        type='Pretrained',
        checkpoint='https://download.openmmlab.com/mmocr/backbone/resnet50-oclip-7ba0c533.pth'))
neck = dict(type='FPNASF', in_channels=[256, 512, 1024, 2048], lateral_channels=256, out_channels=64)
