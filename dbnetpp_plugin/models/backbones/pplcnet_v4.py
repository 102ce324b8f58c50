"""PPLCNetV4, the backbone of PP-OCRv6 (github.com/PaddlePaddle/PaddleOCR, ppocr/modeling/backbones/rec_lcnetv4.py).

A block mixes pixels by a depthwise convolution, then channels by two 1x1 convolutions with a GELU between them.

Shapes: N images of (H, W) pixels; C_i channels at stage i.
"""

from typing import Any, NamedTuple

import torch
from mmengine.model import BaseModule
from mmocr.registry import MODELS
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..layers.rep_conv import RepConv, conv_norm, merge_branches, plain_conv
from ..layers.squeeze_excitation import SqueezeExcitation


class _Arch(NamedTuple):
    stem: int  # width of its inner layers
    widths: tuple[int, ...]  # of the stages
    gates: tuple[tuple[bool, ...], ...]  # whether each block of a stage has gates


_GATES = ((True, False), (False, True, False), (False, True, False, True, False), (False, True, False))
_DETECTION = {
    'tiny': _Arch(16, (32, 48, 64, 160), _GATES),
    'small': _Arch(24, (48, 96, 192, 384), _GATES),
    'medium': _Arch(64, (128, 256, 512, 896), _GATES),
}
_RECOGNITION = {
    'tiny': _Arch(24, (48, 96, 160), ((True, False), (False, True, False), (False, True, False, False))),
    'small': _Arch(48, (96, 192, 384),
                   ((True, False, False), (False, True, False, True, False, True, False), (False, True, False))),
}
LINE_POOLING = (3, 2)  # of what is left of a line of 48 pixels


@MODELS.register_module()
class PPLCNetV4(BaseModule):
    """For detection, one feature map at each of the strides 4, 8, 16, 32; for recognition, one row of features.

    ======  ==================  ===================
    arch    channels            row (recognition)
    ======  ==================  ===================
    tiny    32, 48, 64, 160     160
    small   48, 96, 192, 384    384
    medium  128, 256, 512, 896  no weights published
    ======  ==================  ===================

    In training form, depthwise convolutions have parallel branches and every convolution a batch normalisation;
    :meth:`merge` makes one convolution of each. The weights that PP-OCR publishes are those of the merged form, which
    trains as well: ``ppocr://PP-OCRv6_small_det``, ``ppocr://PP-OCRv6_small_rec``.

    Args:
        arch: ``'tiny'``, ``'small'`` or ``'medium'``.
        merged: Whether the model is built in merged form.
        recognition: Whether it is built for lines of text, 48 pixels high.
        init_cfg: Initialisation config of mmengine.

    Attributes:
        out_channels: Channels of the maps; for recognition, of the row.

    Raises:
        ValueError: For an unknown architecture.
    """

    def __init__(self, arch: str = 'small', merged: bool = False, recognition: bool = False,
                 init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        known = _RECOGNITION if recognition else _DETECTION
        if arch not in known:
            raise ValueError(f'PPLCNetV4 knows the architectures {", ".join(known)} for '
                             f'{"recognition" if recognition else "detection"}, but got {arch!r}.')
        stem, channels, stages = known[arch]
        self.recognition = recognition
        self.out_channels = channels[-1] if recognition else channels
        # The small recognizer has the stem of the detectors, the tiny one a plainer one.
        plain = recognition and arch == 'tiny'
        self.stem = _PlainStem(stem, channels[0]) if plain else _Stem(stem, channels[0], merged)
        down = (2, 1) if recognition else 2  # lines keep their length
        widths = (channels[0], *channels)
        self.stages = nn.ModuleList(
            nn.Sequential(*(
                Block(widths[stage if block == 0 else stage + 1], widths[stage + 1],
                      down if stage and block == 0 else 1, gated, merged)
                for block, gated in enumerate(gates)))
            for stage, gates in enumerate(stages))

    def forward(self, x: Tensor) -> tuple[Tensor, ...] | Tensor:
        """Four maps (N, C_i, H / 2^(i + 2), W / 2^(i + 2)) of images (N, 3, H, W).

        For recognition, a row (N, C, 1, W / 8) of lines (N, 3, 48, W).
        """
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return nn.functional.avg_pool2d(x, LINE_POOLING) if self.recognition else tuple(maps)

    def merge(self) -> 'PPLCNetV4':
        """Merge all branches and normalisations, in place, by their statistics of now."""
        merge_branches(self)
        return self


class _Stem(nn.Module):
    """From images to features of stride 4. Two small convolutions run beside a maximum, all padded right and below."""

    def __init__(self, width: int, out_channels: int, merged: bool) -> None:
        super().__init__()
        self.conv1 = conv_norm(3, width, 3, stride=2, merged=merged)
        self.conv2a = conv_norm(width, width // 2, 2, merged=merged)
        self.conv2b = conv_norm(width // 2, width, 2, merged=merged)
        self.conv3 = conv_norm(2 * width, width, 3, stride=2, merged=merged)
        self.conv4 = conv_norm(width, out_channels, 1, merged=merged)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x).relu()
        small = self.conv2b(_padded(self.conv2a(_padded(x)).relu())).relu()
        greatest = nn.functional.max_pool2d(_padded(x), 2, 1)  # what is padded is no more than what is there: x >= 0
        return self.conv4(self.conv3(torch.cat([greatest, small], dim=1)).relu()).relu()


class _PlainStem(nn.Sequential):
    """From images to features of stride 4, by two convolutions, of which published weights keep the normalisation."""

    def __init__(self, width: int, out_channels: int) -> None:
        super().__init__(
            nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.GELU(),
            nn.Conv2d(width, out_channels, 3, 2, 1, bias=False), nn.BatchNorm2d(out_channels))


def _padded(x: Tensor) -> Tensor:
    return nn.functional.pad(x, (0, 1, 0, 1))


class Block(nn.Module):
    """A depthwise convolution, gates, and two 1x1 convolutions, the latter with a residual where sizes allow.

    Args:
        in_channels: Channels that come in.
        out_channels: Channels that go out.
        stride: Of the depthwise convolution.
        gated: Whether it is followed by gates for its channels.
        merged: Whether it is built in merged form.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int | tuple[int, int], gated: bool,
                 merged: bool) -> None:
        super().__init__()
        self.residual = stride == 1 and in_channels == out_channels
        self.depthwise = _depthwise(in_channels, stride, branched=self.residual, merged=merged)
        self.gates = SqueezeExcitation(in_channels) if gated else nn.Identity()
        self.expand = conv_norm(in_channels, 2 * in_channels, 1, merged=merged)
        self.compress = conv_norm(2 * in_channels, out_channels, 1, merged=merged)
        if self.residual and not merged:
            # The block starts as its depthwise half.
            (norm,) = [module for module in self.compress.modules() if isinstance(module, _BatchNorm)]
            nn.init.zeros_(norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, out_channels, H / stride, W / stride) from (N, in_channels, H, W)."""
        x = self.gates(self.depthwise(x))
        mixed = self.compress(nn.functional.gelu(self.expand(x)))
        return x + mixed if self.residual else mixed


def _depthwise(channels: int, stride: int | tuple[int, int], branched: bool, merged: bool) -> nn.Module:
    if merged:
        return plain_conv(channels, channels, 3, stride=stride, groups=channels)
    if not branched:
        return conv_norm(channels, channels, 3, stride=stride, groups=channels)
    return RepConv(channels, channels, 3, [(3, 1, True), (1, 1, False)], groups=channels, skip='identity', norm=True)
