"""Deformable convolutions in the stages conv3, conv4 and conv5 of a ResNet, as in the papers."""

dcnv2 = dict(
    dcn=dict(type='TorchvisionDCNv2', deform_groups=1, fallback_on_stride=False),
    stage_with_dcn=(False, True, True, True))
