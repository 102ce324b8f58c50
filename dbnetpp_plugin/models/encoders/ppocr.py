"""The text encoders of PP-OCR's recognizers (github.com/PaddlePaddle/PaddleOCR, ppocr/modeling/necks/rnn.py).

SVTR, https://arxiv.org/abs/2205.00159, mixes columns of text by self-attention; PP-OCRv3,
https://arxiv.org/abs/2206.03001, section 3, keeps two layers of it behind a light backbone.

Shapes: N lines of text, W columns, C_in and C_out channels. The height is 1.
"""

from collections.abc import Sequence
from typing import Any

import torch
from mmcv.cnn import ConvModule
from mmocr.models.textrecog.encoders.base import BaseEncoder
from mmocr.registry import MODELS
from mmocr.structures import TextRecogDataSample
from torch import Tensor, nn
from torch.nn import functional as F

_HEADS = 8


def _conv(in_channels: int, out_channels: int, width: int = 1, *, groups: int = 1, act: str = 'Swish') -> ConvModule:
    """A convolution of 1 x width, batch normalisation and an activation."""
    return ConvModule(in_channels, out_channels, (1, width), padding=(0, width // 2), groups=groups,
                      norm_cfg=dict(type='BN'), act_cfg=dict(type=act))


class _Mixer(nn.Module):
    """Self-attention over the columns.

    Args:
        channels: Of the features.
        depth: Number of layers.
        mlp_ratio: Width of their hidden layer, relative to ``channels``.
        dropout: Share of features that are left out in training.
    """

    def __init__(self, channels: int, depth: int, mlp_ratio: float, dropout: float) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(channels, _HEADS, int(mlp_ratio * channels), dropout, F.silu, 1e-5,
                                           batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, depth, nn.LayerNorm(channels, 1e-6), enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, 1, W) from features of the same shape."""
        return self.layers(x.squeeze(2).transpose(1, 2)).transpose(1, 2).unsqueeze(2)


@MODELS.register_module()
class PPOCRv4Encoder(BaseEncoder):
    """The encoder of PP-OCRv3 to v5 mobile: convolutions before and after attention, with a shortcut between them.

    Args:
        in_channels: C_in.
        channels: C_out, and of the attention.
        depth: Layers of attention.
        mlp_ratio: Width of their hidden layers, relative to ``channels``.
        dropout: Share of features that are left out in training.
        init_cfg: Initialisation config of mmengine.
    """

    def __init__(self, in_channels: int = 480, channels: int = 120, depth: int = 2, mlp_ratio: float = 2.0,
                 dropout: float = 0.1, init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        self.before = nn.Sequential(_conv(in_channels, in_channels // 8, 3), _conv(in_channels // 8, channels))
        self.mixer = _Mixer(channels, depth, mlp_ratio, dropout)
        self.widen = _conv(channels, in_channels)
        self.after = nn.Sequential(_conv(2 * in_channels, in_channels // 8, 3), _conv(in_channels // 8, channels))

    def forward(self, feat: Tensor, data_samples: Sequence[TextRecogDataSample] | None = None) -> Tensor:
        """Features (N, C_out, 1, W) from (N, C_in, 1, W)."""
        mixed = self.widen(self.mixer(self.before(feat)))
        return self.after(torch.cat([feat, mixed], dim=1))


@MODELS.register_module()
class PPOCRv6Encoder(BaseEncoder):
    """The encoder of PP-OCRv6: a wide depthwise convolution, then attention, beside a shortcut.

    Args:
        in_channels: C_in.
        channels: C_out, and of the attention.
        depth: Layers of attention.
        mlp_ratio: Width of their hidden layers, relative to ``channels``.
        kernel_size: Columns that the convolution sees.
        dropout: Share of features that are left out in training.
        init_cfg: Initialisation config of mmengine.
    """

    def __init__(self, in_channels: int = 384, channels: int = 120, depth: int = 2, mlp_ratio: float = 2.0,
                 kernel_size: int = 7, dropout: float = 0.1, init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        self.shortcut = _conv(in_channels, channels)
        self.narrow = _conv(in_channels, channels)
        self.local = _conv(channels, channels, kernel_size, groups=channels)
        self.mixer = _Mixer(channels, depth, mlp_ratio, dropout)

    def forward(self, feat: Tensor, data_samples: Sequence[TextRecogDataSample] | None = None) -> Tensor:
        """Features (N, C_out, 1, W) from (N, C_in, 1, W)."""
        shortcut, x = self.shortcut(feat), self.narrow(feat)
        return self.mixer(x + self.local(x)) + shortcut


@MODELS.register_module()
class PPOCRv6TinyEncoder(BaseEncoder):
    """The encoder of PP-OCRv6 tiny: a depthwise separable convolution and a narrow layer, without attention.

    Args:
        in_channels: C_in.
        channels: C_out.
        kernel_size: Columns that the convolution sees.
        init_cfg: Initialisation config of mmengine.
    """

    def __init__(self, in_channels: int = 160, channels: int = 80, kernel_size: int = 5, init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        self.local = _conv(in_channels, in_channels, kernel_size, groups=in_channels, act='HSwish')
        self.mix = _conv(in_channels, in_channels, act='HSwish')
        self.narrow = nn.Conv2d(in_channels, channels, 1)

    def forward(self, feat: Tensor, data_samples: Sequence[TextRecogDataSample] | None = None) -> Tensor:
        """Features (N, C_out, 1, W) from (N, C_in, 1, W)."""
        return self.narrow(self.mix(self.local(feat)))
