"""Branches that train apart and predict as one convolution."""

import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from dbnetpp_plugin.models.backbones import PPLCNetV3, PPLCNetV4
from dbnetpp_plugin.models.layers.rep_conv import RepConv, merge_branches
from dbnetpp_plugin.models.necks import RepLKFPN


def trained(model: nn.Module) -> nn.Module:
    """Statistics and affine values of batch normalisation as after a training, not as they start."""
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            nn.init.normal_(module.bias, std=0.1, generator=generator)
    return model.eval()


@pytest.mark.parametrize(('sizes', 'options'), [
    ((6, 8, 3), dict(branches=[(3, 1, True)])),
    ((6, 8, 3), dict(branches=[(3, 1, True), (1, 1, True)], stride=2)),
    ((6, 6, 3), dict(branches=[(3, 1, True), (1, 1, False)], groups=6, skip='identity', norm=True)),
    ((6, 6, 5), dict(branches=[(5, 1, True)] * 4 + [(1, 1, True)], groups=6, skip='norm')),
    ((6, 6, 1), dict(branches=[(1, 1, True)] * 4, skip='norm')),
    ((4, 4, 7), dict(branches=[(7, 1, True), (5, 1, True), (3, 2, True), (3, 3, True)], groups=4)),
    ((6, 4, 2), dict(branches=[(2, 1, True)])),
    ((6, 8, 3), dict(branches=[(3, 1, True)], stride=(2, 1), groups=2)),
])
@torch.no_grad()
def test_merged_convolution_gives_the_same(sizes, options):
    torch.manual_seed(0)
    layer = trained(RepConv(*sizes, **options)).double()
    images = torch.randn(2, sizes[0], 12, 14, dtype=torch.float64)
    merged = layer.merged()
    assert type(merged) is nn.Conv2d
    torch.testing.assert_close(merged(images), layer(images), rtol=0, atol=1e-12)


@pytest.mark.parametrize('skip', ['residual', ''])
def test_unknown_skip(skip):
    with pytest.raises(ValueError, match='the skip of a RepConv is one of none, identity, norm'):
        RepConv(3, 3, 3, [(3, 1, True)], skip=skip)


@pytest.mark.parametrize('build', [
    lambda merged: PPLCNetV4('tiny', merged), lambda merged: PPLCNetV4('small', merged),
    lambda merged: PPLCNetV3(0.75, merged), lambda merged: PPLCNetV3(0.35, merged)])
@torch.no_grad()
def test_backbones_merge_into_the_form_that_is_published(build):
    torch.manual_seed(0)
    branched, images = trained(build(False)), torch.randn(1, 3, 64, 96)
    expected = branched(images)
    published = build(True).eval()
    published.load_state_dict(branched.merge().state_dict())
    for ours, theirs in zip(published(images), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5 * float(theirs.abs().max()))


@pytest.mark.parametrize('kernel_size', [5, 7, 9])
@torch.no_grad()
def test_neck_merges_into_the_form_that_is_published(kernel_size):
    torch.manual_seed(0)
    branched = trained(RepLKFPN([4, 6, 8, 10], 16, kernel_size))
    levels = [torch.randn(2, c, 32 // 2**i, 48 // 2**i) for i, c in enumerate((4, 6, 8, 10))]
    expected = branched(levels)
    published = RepLKFPN([4, 6, 8, 10], 16, kernel_size, merged=True).eval()
    published.load_state_dict(branched.merge().state_dict())
    torch.testing.assert_close(published(levels), expected, rtol=1e-5, atol=1e-5)


def test_merging_keeps_device_and_type_of_numbers():
    layer = RepConv(3, 4, 3, [(3, 1, True)]).to(torch.bfloat16)
    assert merge_branches(nn.Sequential(layer))[0].weight.dtype == torch.bfloat16
