"""PPLCNetV3, the backbone of PP-OCRv4 and v5 mobile (github.com/PaddlePaddle/PaddleOCR, rec_lcnetv3.py).

Depthwise separable convolutions. Each convolution is followed by an affine map of two learnt numbers, and so is each
activation.

Shapes: N images of (H, W) pixels; C_i channels of map i.
"""

from typing import Any

import torch
from mmengine.model import BaseModule
from mmocr.registry import MODELS
from torch import Tensor, nn

from ..layers.rep_conv import RepConv, merge_branches, plain_conv
from ..layers.squeeze_excitation import SqueezeExcitation
from .pplcnet_v4 import LINE_POOLING

# Kernel size, channels at scale 1 going out, stride, and whether there are gates, of each block of the five stages.
_STAGES = (
    ((3, 32, 1, False),),
    ((3, 64, 2, False), (3, 64, 1, False)),
    ((3, 128, 2, False), (3, 128, 1, False)),
    ((3, 256, 2, False), *((5, 256, 1, False),) * 4),
    ((5, 512, 2, True), (5, 512, 1, True), (5, 512, 1, False), (5, 512, 1, False)),
)
# Strides of the same blocks for lines of text, which are 48 pixels high and keep most of their length.
_LINE_STRIDES = ((1,), (1, 1), ((2, 1), 1), ((1, 2), 1, 1, 1, 1), ((2, 1), 1, (2, 1), 1))
_STEM = 16
_OUT = (16, 24, 56, 480)
_BRANCHES = 4


@MODELS.register_module()
class PPLCNetV3(BaseModule):
    """For detection, one feature map at each of the strides 4, 8, 16, 32; for recognition, one row of features.

    In training form each convolution is the sum of four, of a 1x1 one and of the input, with a batch normalisation
    each; :meth:`merge` makes one convolution of them. The weights that PP-OCR publishes are those of the merged form,
    which trains as well: ``ppocr://PP-OCRv5_mobile_det``, at scale 0.75, ``ppocr://PP-OCRv5_mobile_rec``, at 0.95.

    Args:
        scale: Of the widths. At 0.75, the maps for detection have 12, 18, 42 and 360 channels, by 1x1 convolutions.
        merged: Whether the model is built in merged form.
        recognition: Whether it is built for lines of text, 48 pixels high.
        init_cfg: Initialisation config of mmengine.

    Attributes:
        out_channels: Channels of the maps; for recognition, of the row.

    Raises:
        ValueError: If the scale is not positive.
    """

    def __init__(self, scale: float = 0.75, merged: bool = False, recognition: bool = False,
                 init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        if scale <= 0:
            raise ValueError(f'PPLCNetV3 needs a positive scale, but got {scale}.')
        self.recognition = recognition
        width = _multiple_of_16(_STEM * scale)
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width))
        stages = []
        for blocks, line_strides in zip(_STAGES, _LINE_STRIDES, strict=True):
            stage = []
            for (kernel_size, channels, stride, gated), line_stride in zip(blocks, line_strides, strict=True):
                out = _multiple_of_16(channels * scale)
                stage.append(_Block(width, out, kernel_size, line_stride if recognition else stride, gated, merged))
                width = out
            stages.append(nn.Sequential(*stage))
        self.stages = nn.ModuleList(stages)
        self.out_channels: int | tuple[int, ...] = width
        if not recognition:
            self.out_channels = tuple(int(channels * scale) for channels in _OUT)
            self.out_convs = nn.ModuleList(
                nn.Conv2d(_multiple_of_16(blocks[-1][1] * scale), channels, 1)
                for blocks, channels in zip(_STAGES[1:], self.out_channels, strict=True))

    def forward(self, x: Tensor) -> tuple[Tensor, ...] | Tensor:
        """Four maps (N, C_i, H / 2^(i + 2), W / 2^(i + 2)) of images (N, 3, H, W).

        For recognition, a row (N, C, 1, W / 8) of lines (N, 3, 48, W).
        """
        x = self.stages[0](self.stem(x))
        maps = []
        for stage in self.stages[1:]:
            x = stage(x)
            maps.append(x)
        if self.recognition:
            return nn.functional.avg_pool2d(x, LINE_POOLING)
        return tuple(conv(x) for conv, x in zip(self.out_convs, maps, strict=True))

    def merge(self) -> 'PPLCNetV3':
        """Merge all branches, in place, by their statistics of now."""
        merge_branches(self)
        return self


class _Block(nn.Sequential):
    """A depthwise convolution, gates, and a 1x1 convolution."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int | tuple[int, int],
                 gated: bool, merged: bool) -> None:
        super().__init__(
            _RepLayer(in_channels, in_channels, kernel_size, stride, in_channels, merged),
            SqueezeExcitation(in_channels) if gated else nn.Identity(),
            _RepLayer(in_channels, out_channels, 1, 1, 1, merged))


class _RepLayer(nn.Module):
    """A convolution and an affine map; unless it has stride 2, an activation and another affine map."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int,
                 stride: int | tuple[int, int], groups: int, merged: bool) -> None:
        super().__init__()
        if merged:
            self.conv: nn.Module = plain_conv(in_channels, out_channels, kernel_size, stride=stride, groups=groups)
        else:
            branches = [(kernel_size, 1, True)] * _BRANCHES + [(1, 1, True)] * (kernel_size > 1)
            skip = 'norm' if stride == 1 and in_channels == out_channels else 'none'
            self.conv = RepConv(in_channels, out_channels, kernel_size, branches, stride=stride, groups=groups,
                                skip=skip)
        self.affine = _Affine()
        self.after = nn.Identity() if stride == 2 else nn.Sequential(nn.Hardswish(), _Affine())

    def forward(self, x: Tensor) -> Tensor:
        return self.after(self.affine(self.conv(x)))


class _Affine(nn.Module):
    """``scale * x + bias`` with one number each."""

    def __init__(self) -> None:
        super().__init__()
        self.scale, self.bias = nn.Parameter(torch.ones(1)), nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * x + self.bias


def _multiple_of_16(width: float) -> int:
    """The nearest multiple of 16, at least 16, and not below 90 % of the width."""
    nearest = max(16, int(width + 8) // 16 * 16)
    return nearest + 16 if nearest < 0.9 * width else nearest
