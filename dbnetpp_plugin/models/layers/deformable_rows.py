"""Modulated deformable convolution out of PyTorch's own operators, for CPUs.

torchvision's operator looks up one value after the other there. Here the input is a table with a row of channels for
each pixel, and what a tap of the kernel sees is the weighted sum of four rows: ``embedding_bag`` adds whole vectors, in
both directions. A matrix product does the rest.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

Pair = tuple[int, int]


def deform_conv2d_rows(x: Tensor, offset: Tensor, weight: Tensor, bias: Tensor | None, stride: Pair, padding: Pair,
                       dilation: Pair, mask: Tensor) -> Tensor:
    """What ``torchvision.ops.deform_conv2d`` gives, with the same arguments, for a weight in one group.

    Gradients too are the same. For them the samples are kept, as many values a pixel of the output as there are taps
    times channels, which torchvision's operator looks up again.

    Args:
        x: (N, C, H, W), float32 or float64. Fastest in channels-last order.
        offset: (N, 2 * G * K, Ho, Wo), for K taps in each of G groups of channels, y before x, in pixels; dtype of x.
        weight: (O, C, kernel height, kernel width). The product is in its dtype, or in that of autocast.
        bias: (O,).
        stride: Along y and x, in pixels; so are ``padding`` and ``dilation``.
        padding: Zeros around the input.
        dilation: Distance between taps.
        mask: (N, G * K, Ho, Wo), what samples are multiplied with.

    Returns:
        (N, O, Ho, Wo), in channels-last order.
    """
    batch, channels, *size = x.shape
    kernel, out_size = weight.shape[2:], mask.shape[2:]
    taps = math.prod(kernel)
    groups = mask.shape[1] // taps

    # From here on in the order (image, i, j, tap, group), which is that of the samples in memory.
    offsets = offset.unflatten(1, (groups, taps, 2)).permute(3, 0, 4, 5, 2, 1)
    mask = mask.unflatten(1, (groups, taps)).permute(0, 3, 4, 2, 1)
    grids = torch.meshgrid(*(torch.arange(length, device=x.device) for length in (*out_size, *kernel)), indexing='ij')
    places = [(grids[axis] * stride[axis] + grids[axis + 2] * dilation[axis] - padding[axis])
              .flatten(2)[None, ..., None] + offsets[axis] for axis in (0, 1)]
    (ys, y_weights), (xs, x_weights) = (_neighbours(*pair) for pair in zip(places, size, strict=True))

    starts = torch.arange(batch, device=x.device).view(-1, 1, 1, 1, 1, 1, 1) * math.prod(size)
    rows = (starts + ys.unsqueeze(-1) * size[1] + xs.unsqueeze(-2)) * groups
    rows = rows + torch.arange(groups, device=x.device).view(-1, 1, 1)
    shares = (y_weights * mask.unsqueeze(-1)).unsqueeze(-1) * x_weights.unsqueeze(-2)

    # Of one image in the usual order, the reshape would be a view, which embedding_bag walks through slowly.
    table = x.permute(0, 2, 3, 1).reshape(-1, channels // groups).contiguous()
    samples = _weighted_sums(table, rows.view(-1, 4), shares.reshape(-1, 4))
    samples = samples.view(batch, *out_size, taps * channels).to(weight.dtype)
    return F.linear(samples, weight.permute(0, 2, 3, 1).flatten(1), bias).permute(0, 3, 1, 2)


def _weighted_sums(table: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
    """Sums over weighted rows (P, 4) of a table (R, C), (P, C)."""
    if torch.onnx.is_in_onnx_export():  # in operators that every runtime has
        return (table[rows] * weights.unsqueeze(-1)).sum(1)
    return F.embedding_bag(rows, table, per_sample_weights=weights, mode='sum')


def _neighbours(places: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """The two pixels around each place along an axis, (..., 2), and how much of it each has; outside it is nothing."""
    places = places.clamp(-1, length)
    first = places.detach().floor()
    part = places - first
    pixels = torch.stack([first, first + 1], dim=-1)
    inside = (pixels >= 0) & (pixels < length)
    return pixels.long().clamp(0, length - 1), torch.stack([1 - part, part], dim=-1) * inside
