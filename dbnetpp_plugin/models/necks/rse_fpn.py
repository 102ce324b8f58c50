"""Feature pyramids with gates, the necks of PP-OCR's detectors (github.com/PaddlePaddle/PaddleOCR, necks/db_fpn.py).

PP-OCRv3, https://arxiv.org/abs/2206.03001, section 2.2 (RSE-FPN); with large kernels in PP-OCRv6.

Shapes: N images; C_i channels and (H_i, W_i) pixels at level i, from the finest, i = 0, to the coarsest, i = 3.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch.nn.functional as F
from mmocr.registry import MODELS
from torch import Tensor, nn

from ..layers.rep_conv import RepConv, merge_branches, plain_conv
from ..layers.squeeze_excitation import SqueezeExcitation
from .scale_fusion import ScaleFusion

_SLOPE = 0.2  # of the hard sigmoid, where backbones have 1/6
# Kernel size and dilation of the branches beside a large kernel, as in UniRepLKNet.
_DILATED = {5: ((3, 1), (3, 2)), 7: ((5, 1), (3, 2), (3, 3)), 9: ((5, 1), (5, 2), (3, 3), (3, 4))}


class _Gated(nn.Module):
    """Features and, added to them, the same features times their gates."""

    def __init__(self, *layers: nn.Module, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.gates = SqueezeExcitation(channels, _SLOPE)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layers(x)
        return x + self.gates(x)


class _GatedFPN(ScaleFusion):
    """Lateral convolutions, a top-down path of sums, and a smooth convolution per level, all but the path with gates.

    Args:
        in_channels: C_i of each of the four levels.
        out_channels: Channels of the output; each level has a quarter of them.
        smooth: Makes the layers that smooth a level, given the channels that come in and go out.
        asf: As in ``FPNASF``: attention over the levels of the output, or ``None``.
        init_cfg: Initialisation config of mmengine.

    Raises:
        ValueError: For an unknown attention, or another number of levels than four.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int, smooth: Callable[[int, int], Sequence[nn.Module]],
                 asf: dict[str, Any] | None, init_cfg: Any) -> None:
        super().__init__(in_channels, out_channels // 4, asf, init_cfg)
        if len(self.in_channels) != 4:
            raise ValueError(f'{type(self).__name__} is made for 4 levels, but got in_channels={self.in_channels}.')
        self.lateral_convs = nn.ModuleList(
            _Gated(nn.Conv2d(channels, out_channels, 1, bias=False), channels=out_channels) for channels in in_channels)
        self.smooth_convs = nn.ModuleList(
            _Gated(*smooth(out_channels, out_channels // 4), channels=out_channels // 4) for _ in in_channels)

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Fuse maps (N, C_i, H_i, W_i) into one of shape (N, out_channels, H_0, W_0), from coarse to fine."""
        self.check_levels(inputs)
        levels = [conv(x) for conv, x in zip(self.lateral_convs[::-1], inputs[::-1], strict=True)]
        for index in range(1, len(levels)):
            levels[index] = levels[index] + _resize_like(levels[index - 1], levels[index])
        levels = [conv(x) for conv, x in zip(self.smooth_convs[::-1], levels, strict=True)]
        return self.fuse([*(_resize_like(x, levels[-1]) for x in levels[:-1]), levels[-1]])


def _resize_like(x: Tensor, reference: Tensor) -> Tensor:
    # Autocast on CUDA resizes in float32, though nearest neighbours need no precision.
    return F.interpolate(x, size=reference.shape[-2:], mode='nearest').to(x.dtype)


@MODELS.register_module()
class RSEFPN(_GatedFPN):
    """The neck of PP-OCRv3 to v5 mobile: a top-down pyramid with gates, smoothed by convolutions of 3x3.

    Args:
        in_channels: C_i of each of the four levels.
        out_channels: Channels of the output; each level has a quarter of them.
        asf: As in ``FPNASF``: attention over the levels of the output, or ``None``.
        init_cfg: Initialisation config of mmengine.

    Raises:
        ValueError: For an unknown attention, or another number of levels than four.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int = 96, asf: dict[str, Any] | None = None,
                 init_cfg: Any = None) -> None:
        super().__init__(in_channels, out_channels, _smooth_3x3, asf, init_cfg)


def _smooth_3x3(in_channels: int, out_channels: int) -> Sequence[nn.Module]:
    return [nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)]


@MODELS.register_module()
class RepLKFPN(_GatedFPN):
    """The neck of PP-OCRv6: a top-down pyramid with gates, smoothed by large depthwise convolutions and 1x1 ones.

    In training form the large ones have dilated branches beside them; :meth:`merge` makes one convolution of them.

    Args:
        in_channels: C_i of each of the four levels.
        out_channels: Channels of the output; each level has a quarter of them.
        kernel_size: Of the depthwise convolutions: 5, 7 or 9. PP-OCRv6 small has 7, tiny 5.
        merged: Whether the neck is built in merged form.
        asf: As in ``FPNASF``: attention over the levels of the output, or ``None``.
        init_cfg: Initialisation config of mmengine.

    Raises:
        ValueError: For an unknown attention or kernel size, or another number of levels than four.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int = 96, kernel_size: int = 7, merged: bool = False,
                 asf: dict[str, Any] | None = None, init_cfg: Any = None) -> None:
        if kernel_size not in _DILATED:
            raise ValueError(f'RepLKFPN knows the kernel sizes {", ".join(map(str, _DILATED))}, but got {kernel_size}.')
        super().__init__(in_channels, out_channels, partial(_smooth_large, kernel_size, merged), asf, init_cfg)

    def merge(self) -> 'RepLKFPN':
        """Merge all branches, in place, by their statistics of now."""
        merge_branches(self)
        return self


def _smooth_large(size: int, merged: bool, in_channels: int, out_channels: int) -> Sequence[nn.Module]:
    if merged:
        large: nn.Module = plain_conv(in_channels, in_channels, size, groups=in_channels)
    else:
        branches = [(size, 1, True), *((small, dilation, True) for small, dilation in _DILATED[size])]
        large = RepConv(in_channels, in_channels, size, branches, groups=in_channels)
    return [large, nn.Conv2d(in_channels, out_channels, 1, bias=False)]
