_base_ = 'dbnetpp_r50.py'

# Deformable convolutions in the stages conv3, conv4 and conv5, as in the papers.
model = dict(
    backbone=dict(
        dcn=dict(type='TorchvisionDCNv2', deform_groups=1, fallback_on_stride=False),
        stage_with_dcn=(False, True, True, True)))
