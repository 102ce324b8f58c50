"""TorchvisionDCNv2 against sampling written out in loops, and against mmcv's layer."""

import copy
import math
from importlib.util import find_spec

import pytest
import torch
import torch.nn.functional as F
from mmocr.registry import MODELS

from dbnetpp_plugin.models.layers import TorchvisionDCNv2

ModulatedDeformConv2dPack = MODELS.get('mmengine.DCNv2')  # mmcv's layer
WITHOUT_MMCV_OPS = find_spec('mmcv._ext') is None


def randomised(layer: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Random weights, also where layers start from zero. Offsets of up to a few pixels."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.4)
    return layer


def bilinear(plane: torch.Tensor, y: float, x: float) -> float:
    """Value of a plane between its pixels; 0 at every pixel outside."""
    total = 0.0
    for row in (math.floor(y), math.floor(y) + 1):
        for column in (math.floor(x), math.floor(x) + 1):
            if 0 <= row < plane.shape[0] and 0 <= column < plane.shape[1]:
                total += float(plane[row, column]) * (1 - abs(y - row)) * (1 - abs(x - column))
    return total


class Strided:
    """Predictions at every output pixel: value (channel, i, j) of what the offset convolution gives with a stride."""

    def __init__(self, values: torch.Tensor, size: tuple[int, int]) -> None:
        self.values = values
        assert tuple(values.shape[1:]) == size

    def __call__(self, channel: int, i: int, j: int) -> float:
        return float(self.values[channel, i, j])


class Dense:
    """Predictions at every input pixel, in one stretch of memory that is indexed with the size of the output."""

    def __init__(self, values: torch.Tensor, size: tuple[int, int]) -> None:
        self.memory = values.reshape(-1).tolist()
        self.size = size

    def __call__(self, channel: int, i: int, j: int) -> float:
        return self.memory[(channel * self.size[0] + i) * self.size[1] + j]


def slow_dcn(layer: TorchvisionDCNv2, image: torch.Tensor) -> torch.Tensor:
    """The formula of Deformable ConvNets v2, one output value at a time; offsets are (y, x) pairs, tap after tap."""
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = layer.kernel_size, layer.stride, layer.padding, layer.dilation
    taps, groups, deform_groups = kh * kw, layer.groups, layer.deform_groups
    out_per_group, in_per_group = layer.out_channels // groups, layer.in_channels // groups
    size = ((image.shape[1] + 2 * ph - dh * (kh - 1) - 1) // sh + 1,
            (image.shape[2] + 2 * pw - dw * (kw - 1) - 1) // sw + 1)
    dense = layer.offset_layout == 'dense'
    sampling = F.conv2d(image, layer.conv_offset.weight, layer.conv_offset.bias, 1 if dense else layer.stride,
                        layer.padding, layer.dilation)
    offset, mask_logit = ((Dense if dense else Strided)(part, size) for part in
                          (sampling[:2 * taps * deform_groups], sampling[2 * taps * deform_groups:]))
    result = torch.zeros(layer.out_channels, *size)
    for o in range(layer.out_channels):
        for i in range(size[0]):
            for j in range(size[1]):
                value = float(layer.bias[o]) if layer.bias is not None else 0.0
                for c in range(in_per_group):
                    channel = o // out_per_group * in_per_group + c
                    deform_group = channel // (layer.in_channels // deform_groups)
                    for tap in range(taps):
                        first = deform_group * 2 * taps + 2 * tap
                        y = i * sh - ph + tap // kw * dh + offset(first, i, j)
                        x = j * sw - pw + tap % kw * dw + offset(first + 1, i, j)
                        mask = 1 / (1 + math.exp(-mask_logit(deform_group * taps + tap, i, j)))
                        weight = layer.weight[o, c, tap // kw, tap % kw]
                        value += float(weight) * mask * bilinear(image[channel], y, x)
                result[o, i, j] = value
    return result


@pytest.mark.parametrize('options', [
    dict(in_channels=2, out_channels=3, kernel_size=3, padding=1),
    dict(in_channels=2, out_channels=2, kernel_size=3, padding=1, stride=2, bias=False),
    dict(in_channels=4, out_channels=2, kernel_size=(1, 3), padding=(0, 2), dilation=(1, 2), groups=2),
    dict(in_channels=4, out_channels=4, kernel_size=2, stride=(2, 1), deform_groups=2),
], ids=['plain', 'stride', 'groups', 'deform_groups'])
@torch.no_grad()
def test_equals_sampling_in_loops(options):
    layer = randomised(TorchvisionDCNv2(**options))
    image = torch.randn(options['in_channels'], 5, 6, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(layer(image[None])[0], slow_dcn(layer, image), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('layout', ['strided', 'dense'])
@pytest.mark.parametrize('size', [(6, 8), (5, 7), (6, 5)], ids=str)
@torch.no_grad()
def test_both_offset_layouts_equal_sampling_in_loops(layout, size):
    layer = randomised(TorchvisionDCNv2(2, 2, 3, stride=2, padding=1, bias=False, offset_layout=layout))
    images = torch.randn(2, 2, *size, generator=torch.Generator().manual_seed(1))
    expected = torch.stack([slow_dcn(layer, image) for image in images])
    for memory_format in (torch.contiguous_format, torch.channels_last):
        out = layer.to(memory_format=memory_format)(images.to(memory_format=memory_format))
        torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_dense_layout_with_groups_and_unequal_strides():
    layer = randomised(TorchvisionDCNv2(4, 4, (1, 3), stride=(3, 2), padding=(1, 0), deform_groups=2,
                                        offset_layout='dense'))
    image = torch.randn(4, 5, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(layer(image[None])[0], slow_dcn(layer, image), rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_layouts_differ_with_a_stride_only():
    for stride, same in ((1, True), (2, False)):
        strided, dense = (randomised(TorchvisionDCNv2(2, 2, 3, stride=stride, padding=1, offset_layout=layout))
                          for layout in ('strided', 'dense'))
        dense.load_state_dict(strided.state_dict(), strict=True)
        x = torch.randn(1, 2, 6, 8, generator=torch.Generator().manual_seed(1))
        assert strided(x).shape == dense(x).shape
        assert torch.allclose(strided(x), dense(x), atol=1e-5) == same


def test_unknown_offset_layout_is_refused():
    with pytest.raises(ValueError, match="knows the offset layouts 'strided' and 'dense', but got 'official'"):
        TorchvisionDCNv2(2, 2, 3, offset_layout='official')


@pytest.mark.parametrize('seed', range(3))
@pytest.mark.skipif(WITHOUT_MMCV_OPS, reason='mmcv has no compiled operators here')
@torch.no_grad()
def test_equals_compiled_operator_of_mmcv(seed):
    ours = randomised(TorchvisionDCNv2(4, 6, 3, stride=2, padding=1, groups=2, deform_groups=2), seed)
    theirs = ModulatedDeformConv2dPack(4, 6, 3, stride=2, padding=1, groups=2, deform_groups=2)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 4, 9, 11)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('options', [dict(bias=True), dict(bias=False, groups=2, deform_groups=4)])
def test_weights_move_both_ways_between_mmcv_and_here(options):
    ours, theirs = (randomised(layer(8, 6, 3, padding=1, **options), seed)
                    for seed, layer in enumerate((TorchvisionDCNv2, ModulatedDeformConv2dPack)))
    before = copy.deepcopy(ours.state_dict())
    ours.load_state_dict(theirs.state_dict(), strict=True)
    torch.testing.assert_close(ours.weight, theirs.weight)
    theirs.load_state_dict(before, strict=True)
    torch.testing.assert_close(theirs.conv_offset.weight, before['conv_offset.weight'])


def test_starts_as_half_a_convolution():
    layer = TorchvisionDCNv2(3, 5, 3, stride=2, padding=1)
    x = torch.randn(2, 3, 8, 9)
    torch.testing.assert_close(layer(x), 0.5 * F.conv2d(x, layer.weight, stride=2, padding=1))


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_autocast_gives_the_dtype_of_a_convolution_and_samples_in_float32(dtype):
    layer = randomised(TorchvisionDCNv2(4, 4, 3, padding=1))
    x = torch.randn(1, 4, 6, 6)
    with torch.autocast('cpu', dtype=dtype):
        half = layer(x)
    assert half.dtype == dtype
    # Offsets come from a convolution in half precision, and move the samples by up to about 2^-7 of their length.
    torch.testing.assert_close(half.float(), layer(x), rtol=0, atol=0.3)
    half.float().sum().backward()
    assert layer.conv_offset.weight.grad.abs().sum() > 0


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
@torch.no_grad()
def test_half_precision_weights(dtype):
    layer = TorchvisionDCNv2(4, 4, 3, padding=1)
    x = torch.randn(1, 4, 6, 6)
    expected = layer(x)
    half = layer.to(dtype)(x.to(dtype))
    assert half.dtype == dtype
    torch.testing.assert_close(half.float(), expected, rtol=0.05, atol=0.02)


def test_gradients_reach_input_weight_offsets_and_masks():
    layer = randomised(TorchvisionDCNv2(2, 2, 3, padding=1))
    x = torch.randn(1, 2, 5, 5, requires_grad=True)
    layer(x).square().sum().backward()
    offsets, masks = layer.conv_offset.weight.grad.split([18, 9])
    for gradient in (x.grad, layer.weight.grad, offsets, masks):
        assert gradient.abs().sum() > 0


@pytest.mark.parametrize('name', ['groups', 'deform_groups'])
def test_indivisible_groups_are_refused(name):
    with pytest.raises(ValueError, match=f'divisible by {name}, but got in_channels=4 and {name}=3'):
        TorchvisionDCNv2(4, 6, 3, **{name: 3})


def test_resnet_takes_it_and_initialises_offsets_to_zero():
    backbone = MODELS.build(dict(
        type='mmdet.ResNet', depth=50, base_channels=8, stem_channels=8,
        dcn=dict(type='TorchvisionDCNv2', deform_groups=1, fallback_on_stride=False),
        stage_with_dcn=(False, True, True, True)))
    backbone.init_weights()
    layers = {name: m for name, m in backbone.named_modules() if isinstance(m, TorchvisionDCNv2)}
    assert len(layers) == 4 + 6 + 3  # every block of the last three stages
    assert not any(m.conv_offset.weight.any() for m in layers.values())
    assert layers['layer2.0.conv2'].stride == (2, 2)
    assert [tuple(x.shape[-2:]) for x in backbone(torch.zeros(1, 3, 64, 96))] == [(16, 24), (8, 12), (4, 6), (2, 3)]
