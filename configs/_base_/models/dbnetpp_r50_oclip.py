_base_ = 'dbnetpp.py'

# The ResNet-50 of CLIP, with the weights that MMOCR publishes for it: pretrained on text in images by oCLIP, arXiv
# 2203.03911.
model = dict(
    backbone=dict(
        type='CLIPResNet',
        init_cfg=dict(
            type='Pretrained',
            checkpoint='https://download.openmmlab.com/mmocr/backbone/resnet50-oclip-7ba0c533.pth')),
    neck=dict(in_channels=[256, 512, 1024, 2048]))
