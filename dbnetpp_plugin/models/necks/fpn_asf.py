"""Feature pyramid with Adaptive Scale Fusion, the neck of DBNet and DBNet++.

DBNet, https://arxiv.org/abs/1911.08947; DBNet++, https://arxiv.org/abs/2202.10304.

Shapes: N images; C_i channels and (H_i, W_i) pixels at level i, from the finest, i = 0, to the coarsest; S levels.
"""

from collections.abc import Sequence
from typing import Any

import torch.nn.functional as F
from mmocr.registry import MODELS
from torch import Tensor, nn

from .attention import ConvLayer
from .scale_fusion import ASF, ScaleFusion

_KAIMING = dict(type='Kaiming', layer='Conv2d', mode='fan_in')


@MODELS.register_module()
class FPNASF(ScaleFusion):
    """Brings all levels to the size of the finest, concatenates them, and weighs each by an attention map.

    Levels are concatenated from fine to coarse. Parameter names are those of MMOCR's ``FPNC``: its DBNet checkpoints
    load with ``asf=None``, its DBNet++ checkpoints with ``inner_channels=256``. The official code has 64 there, which
    is a quarter of the work and the default here.

    Args:
        in_channels: C_i of each level, from fine to coarse.
        lateral_channels: Width of the top-down path.
        out_channels: Channels of each level in the output.
        asf: ``attention`` (``'scale_channel'``, ``'scale_spatial'`` or ``'scale_channel_spatial'``) and
            ``inner_channels`` (width of the features that the attention is made of); what is not given is that of
            :data:`.scale_fusion.ASF`. ``None``, as in DBNet, only concatenates.
        init_cfg: Initialisation config of mmengine; the official code's by default.

    Raises:
        ValueError: For an unknown attention; in ``forward``, for another number of levels than ``in_channels`` has.
    """

    def __init__(self, in_channels: Sequence[int], lateral_channels: int = 256, out_channels: int = 64,
                 asf: dict[str, Any] | None = ASF, init_cfg: Any = _KAIMING) -> None:
        super().__init__(in_channels, out_channels, asf, init_cfg)
        self.lateral_convs = nn.ModuleList(ConvLayer(c, lateral_channels, 1) for c in in_channels)
        self.smooth_convs = nn.ModuleList(ConvLayer(lateral_channels, out_channels, 3) for _ in in_channels)

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Fuse maps (N, C_i, H_i, W_i) of any sizes into one of shape (N, S * out_channels, H_0, W_0)."""
        self.check_levels(inputs)
        levels = [conv(x) for conv, x in zip(self.lateral_convs, inputs, strict=True)]
        for finer, coarser in zip(levels[-2::-1], levels[:0:-1], strict=True):
            # In place: a convolution does not need its output for the gradient, and these are the widest maps.
            finer += _resize_like(coarser, finer)
        levels = [conv(x) for conv, x in zip(self.smooth_convs, levels, strict=True)]
        return self.fuse([levels[0], *(_resize_like(x, levels[0]) for x in levels[1:])])


def _resize_like(x: Tensor, reference: Tensor) -> Tensor:
    # Autocast on CUDA resizes in float32, though nearest neighbours need no precision; the widest maps stay in half.
    return F.interpolate(x, size=reference.shape[-2:], mode='nearest').to(x.dtype)
