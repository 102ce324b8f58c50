"""DeformableResNet against mmdet's ResNet, of which it differs by deformable convolutions alone."""

import pytest
import torch
import torchvision
from mmocr.registry import MODELS

from dbnetpp_plugin.models.backbones import DeformableResNet
from dbnetpp_plugin.models.layers.torchvision_dcn import TorchvisionDCNv2

DCN = dict(type='TorchvisionDCNv2', deform_groups=1, fallback_on_stride=False)
STAGES = (False, True, True, True)


def backbone(**options) -> DeformableResNet:
    torch.manual_seed(0)
    return MODELS.build(dict(type='DeformableResNet', **{'depth': 18, 'base_channels': 8, **options}))


def evaluated(model: torch.nn.Module) -> torch.nn.Module:
    model.eval()  # which of mmdet's ResNet returns None
    return model


def images() -> torch.Tensor:
    return torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize('depth', [18, 34])
@torch.no_grad()
def test_without_deformable_convolutions_it_is_mmdets(depth):
    ours = evaluated(backbone(depth=depth))
    theirs = evaluated(MODELS.build(dict(type='mmdet.ResNet', depth=depth, base_channels=8)))
    theirs.load_state_dict(ours.state_dict(), strict=True)
    for a, b in zip(ours(images()), theirs(images()), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize(('depth', 'blocks'), [(18, (2, 2, 2, 2)), (34, (3, 4, 6, 3))])
def test_the_second_convolution_of_each_block_of_the_chosen_stages_is_deformable(depth, blocks):
    model = backbone(depth=depth, dcn=DCN, stage_with_dcn=STAGES)
    found = [name for name, module in model.named_modules() if isinstance(module, TorchvisionDCNv2)]
    assert found == [f'layer{stage}.{block}.conv2' for stage in (2, 3, 4) for block in range(blocks[stage - 1])]
    assert all(model.get_submodule(name).stride == (1, 1) for name in found)


@torch.no_grad()
def test_zero_offsets_halve_the_convolution():
    # Offsets 0 and masks sigmoid(0): twice the weights give the ordinary convolution.
    plain = evaluated(backbone())
    deformable = evaluated(backbone(dcn=DCN, stage_with_dcn=STAGES))
    mismatch = deformable.load_state_dict(plain.state_dict(), strict=False)
    assert not mismatch.unexpected_keys
    assert all('.conv2.conv_offset.' in name for name in mismatch.missing_keys)
    for module in deformable.modules():
        if isinstance(module, TorchvisionDCNv2):
            module.weight.mul_(2)
    for a, b in zip(deformable(images()), plain(images()), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_weights_of_torchvision_load(tmp_path):
    torch.manual_seed(1)
    weights = torchvision.models.resnet18(weights=None).state_dict()
    torch.save(weights, tmp_path / 'resnet18.pth')
    model = backbone(base_channels=64, dcn=DCN, stage_with_dcn=STAGES,
                     init_cfg=dict(type='Pretrained', checkpoint=str(tmp_path / 'resnet18.pth')))
    model.init_weights()
    own = model.state_dict()
    assert set(weights) - set(own) == {'fc.weight', 'fc.bias'}
    for name in set(weights) & set(own):
        torch.testing.assert_close(own[name], weights[name], rtol=0, atol=0)


def test_from_scratch_residual_branches_and_offsets_start_at_zero():
    model = backbone(dcn=DCN, stage_with_dcn=STAGES)
    model.init_weights()
    zero = {name for name, p in model.named_parameters() if not p.any()}
    assert {name for name in zero if 'conv_offset' in name} == {
        f'layer{stage}.{block}.conv2.conv_offset.{kind}'
        for stage in (2, 3, 4) for block in (0, 1) for kind in ('weight', 'bias')}
    assert {f'layer{stage}.{block}.bn2.weight' for stage in (1, 2, 3, 4) for block in (0, 1)} <= zero


def test_no_other_depth():
    with pytest.raises(KeyError, match='invalid depth 50'):
        backbone(depth=50)
