"""DBNet++, ResNet-18 of half the width with DCNv2, from scratch on synthetic text: for comparisons."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = 'dbnetpp_r18_narrow_synth.py'

model = dict(
    backbone=dict(
        type='DeformableResNet',
        dcn=dict(type='TorchvisionDCNv2', deform_groups=1, fallback_on_stride=False),
        stage_with_dcn=(False, True, True, True)))
