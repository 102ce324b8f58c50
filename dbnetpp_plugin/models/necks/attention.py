"""The three attentions of Adaptive Scale Fusion: how much each scale counts, and where.

DBNet++, https://arxiv.org/abs/2202.10304, section 3.3; layers as in the official code (github.com/MhLiao/DB),
parameter names as in MMOCR's ``FPNC`` where it has the same layer.

Shapes: N images, C channels, S scales, (H, W) the finest level.
"""

from collections import OrderedDict
from typing import Any

import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn

_KAIMING: list[dict[str, Any]] = [
    dict(type='Kaiming', layer='Conv2d', mode='fan_out'),
    dict(type='Constant', layer='_BatchNorm', val=1),
]
# The layer that weighs the scales starts small, where the official code's has the same initial values as the others:
# those make logits so large that a sigmoid starts at 0 or 1 for whole scales, and passes hardly any gradient.
_EVEN_START = [dict(**_KAIMING[0], override=dict(type='Normal', name='attention_wise', std=0.01)), _KAIMING[1]]

# All weights are a half, whatever the features are.
ZERO_START = [dict(**_KAIMING[0], override=dict(type='Constant', name='attention_wise', val=0)), _KAIMING[1]]


class ConvLayer(nn.Sequential):
    """A convolution that keeps the size, named ``conv``, followed by the named modules."""

    conv: nn.Conv2d

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, *, bias: bool = False,
                 **after: nn.Module) -> None:
        conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, bias=bias)
        super().__init__(OrderedDict(conv=conv, **after))


class ScaleChannelAttention(BaseModule):
    """One weight a scale for the whole image, from pooled channels; the weights of an image sum to 1.

    Batch normalisation sees one value a channel and image: training needs two images or more in a batch, or SyncBN.
    """

    def __init__(self, channels: int, scales: int, init_cfg: Any = _KAIMING) -> None:
        super().__init__(init_cfg)
        self.channel_wise = nn.Sequential(
            ConvLayer(channels, channels // 2, 1, bn=nn.BatchNorm2d(channels // 2), activate=nn.ReLU(inplace=True)),
            ConvLayer(channels // 2, scales, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Weights (N, S, 1, 1) from features (N, C, H, W)."""
        return self.channel_wise(F.adaptive_avg_pool2d(x, 1)).softmax(dim=1).to(x.dtype)


class ScaleSpatialAttention(BaseModule):
    """One weight a scale and pixel, from features to which a map made of their channel mean is added."""

    def __init__(self, channels: int, scales: int, init_cfg: Any = _EVEN_START) -> None:
        super().__init__(init_cfg)
        self.spatial_wise = nn.Sequential(
            ConvLayer(1, 1, 3, activate=nn.ReLU(inplace=True)), ConvLayer(1, 1, 1, activate=nn.Sigmoid()))
        self.attention_wise = ConvLayer(channels, scales, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Weights (N, S, H, W) in [0, 1] from features (N, C, H, W)."""
        return (self.scale_logits(x) + self.spatial_logits(x.mean(dim=1, keepdim=True))).sigmoid()

    def scale_logits(self, x: Tensor) -> Tensor:
        """The part of the logits, (N, S, H, W), that comes from features (N, C, H, W)."""
        return self.attention_wise.conv(x)

    def spatial_logits(self, mean: Tensor) -> Tensor:
        """The part that comes from the channel mean (N, 1, H, W).

        The 1x1 convolution of features plus a map that is the same in all channels is the sum of their convolutions,
        and that of such a map needs but the sum of the weights: no second copy of the features is ever made.
        """
        weight = self.attention_wise.conv.weight.sum(dim=1, keepdim=True)
        return F.conv2d(self.spatial_wise(mean), weight)


class ScaleChannelSpatialAttention(ScaleSpatialAttention):
    """Spatial attention over features to which one gate a channel, made of the pooled features, is added first."""

    def __init__(self, channels: int, scales: int, init_cfg: Any = _EVEN_START) -> None:
        super().__init__(channels, scales, init_cfg)
        self.channel_wise = nn.Sequential(
            ConvLayer(channels, channels // 4, 1, activate=nn.ReLU(inplace=True)),
            ConvLayer(channels // 4, channels, 1, activate=nn.Sigmoid()))

    def forward(self, x: Tensor) -> Tensor:
        """Weights (N, S, H, W) in [0, 1] from features (N, C, H, W)."""
        gates = self.channel_wise(F.adaptive_avg_pool2d(x, 1))
        mean = x.mean(dim=1, keepdim=True) + gates.mean(dim=1, keepdim=True)
        # x + gates only enters linear functions, so the two go through them apart, and the gates as single pixels.
        return (self.scale_logits(x) + self.scale_logits(gates) + self.spatial_logits(mean)).sigmoid()


ATTENTIONS: dict[str, type[BaseModule]] = {
    'scale_channel': ScaleChannelAttention,
    'scale_spatial': ScaleSpatialAttention,
    'scale_channel_spatial': ScaleChannelSpatialAttention,
}
