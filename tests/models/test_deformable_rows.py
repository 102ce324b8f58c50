"""deform_conv2d_rows against torchvision's operator, values and gradients."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torchvision.ops import deform_conv2d

from dbnetpp_plugin.models.layers import TorchvisionDCNv2
from dbnetpp_plugin.models.layers.deformable_rows import deform_conv2d_rows

PLAIN = dict(kernel=(3, 3), stride=(1, 1), padding=(1, 1), dilation=(1, 1), size=[9, 7], groups=1, channels=8, batch=1)
POINTS = {**PLAIN, 'kernel': (1, 1), 'padding': (0, 0), 'size': [3, 3]}

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def layers(draw):
    """Geometry of a layer, and of its input."""
    kernel, stride, dilation = draw(pairs), draw(pairs), draw(pairs)
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    least = [max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding, strict=True)]
    size = [draw(st.integers(n, n + 4)) for n in least]
    groups = draw(st.integers(1, 3))
    return dict(kernel=kernel, stride=stride, padding=padding, dilation=dilation, size=size, groups=groups,
                channels=groups * draw(st.integers(1, 3)), batch=draw(st.integers(1, 3)))


def make_inputs(layer: dict, spread: float, seed: int, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    """Input, offsets, weight, bias and mask; offsets of about ``spread`` pixels."""
    generator = torch.Generator().manual_seed(seed)
    out_size = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in zip(
        *(layer[key] for key in ('size', 'padding', 'dilation', 'kernel', 'stride')), strict=True)]
    taps = layer['groups'] * math.prod(layer['kernel'])
    shapes = [(layer['batch'], layer['channels'], *layer['size']), (layer['batch'], 2 * taps, *out_size),
              (2, layer['channels'], *layer['kernel']), (2,), (layer['batch'], taps, *out_size)]
    tensors = [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]
    tensors[1] *= spread
    return [tensor.requires_grad_() for tensor in tensors]


def both(tensors: list[Tensor], layer: dict) -> list[tuple[Tensor, ...]]:
    """Output and gradients, of torchvision and of this package."""
    x, offset, weight, bias, mask = tensors
    results = []
    for operator in (deform_conv2d, deform_conv2d_rows):
        out = operator(x, offset, weight, bias, layer['stride'], layer['padding'], layer['dilation'], mask)
        towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(1), dtype=out.dtype)
        results.append((out, *torch.autograd.grad((out * towards).sum(), tensors)))
    return results


@given(layers(), st.sampled_from([0.3, 2.0, 100.0]), st.integers(0, 2**31))
@settings(max_examples=150, deadline=None)
def test_equals_torchvision_with_gradients(layer, spread, seed):
    theirs, ours = both(make_inputs(layer, spread, seed), layer)
    for expected, actual in zip(theirs, ours, strict=True):
        torch.testing.assert_close(actual, expected)


@given(layers(), st.integers(0, 2**31))
@settings(max_examples=50, deadline=None)
def test_equals_torchvision_at_whole_pixels(layer, seed):
    """Where every training starts, and where the slopes on both sides of a pixel differ."""
    theirs, ours = both(make_inputs(layer, 0.0, seed), layer)
    for expected, actual in zip(theirs, ours, strict=True):
        torch.testing.assert_close(actual, expected)


@pytest.mark.parametrize('memory_format', [torch.contiguous_format, torch.channels_last])
def test_one_image_in_either_memory_format(memory_format):
    tensors = make_inputs(PLAIN, 1.0, 0, torch.float32)
    tensors[0] = tensors[0].detach().to(memory_format=memory_format).requires_grad_()
    for expected, actual in zip(*both(tensors, PLAIN), strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-4, atol=1e-4)


def test_offsets_that_are_not_numbers_are_seen_in_the_output_alone():
    with torch.no_grad():
        x, offset, weight, bias, mask = make_inputs(POINTS, 0.5, 0)
        offset[0, 0, 1, 1] = math.nan
        offset[0, 1, 0, 0] = math.inf
        out = deform_conv2d_rows(x, offset, weight, bias, (1, 1), (0, 0), (1, 1), mask)
    assert out.isnan().nonzero()[:, 2:].unique(dim=0).tolist() == [[1, 1]]
    torch.testing.assert_close(out[0, :, 0, 0], bias)  # infinitely far outside there is nothing


def test_traces_keep_the_operator_of_torchvision():
    layer = TorchvisionDCNv2(4, 4, 3, padding=1).eval()
    x = torch.randn(1, 4, 8, 8)
    traced = torch.jit.trace(layer, x)
    assert 'torchvision::deform_conv2d' in {node.kind() for node in traced.inlined_graph.nodes()}
    exported = torch.export.export(layer, (x,))
    assert 'torchvision.deform_conv2d' in str(exported.graph)
    torch.testing.assert_close(traced(x), layer(x))
