"""The end that necks have in common: levels of one size become one map, by Adaptive Scale Fusion where wanted.

DBNet++, https://arxiv.org/abs/2202.10304, section 3.3. Shapes: N images, S levels of C channels, (H, W) the finest one.
"""

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from ..arguments import check_channels
from .attention import ATTENTIONS, ZERO_START, ConvLayer

# Of the official code and its released models.
ASF: dict[str, Any] = dict(attention='scale_channel_spatial', inner_channels=64)


class ScaleFusion(BaseModule):
    """A neck of some levels, which :meth:`fuse` brings together.

    Parameter names, ``asf_conv`` and ``asf_attn``, are those of MMOCR's ``FPNC``.

    Args:
        in_channels: Channels of each input level, from fine to coarse.
        out_channels: C, the channels of each level where they are fused.
        asf: ``attention`` (``'scale_channel'``, ``'scale_spatial'`` or ``'scale_channel_spatial'``) and
            ``inner_channels`` (width of the features that the attention is made of); what is not given is that of
            :data:`ASF`. With ``identity=True`` the fusion starts as if it was not there, for weights of a trained
            DBNet: levels are multiplied by twice the attention, which starts at a half. ``None``, as in DBNet, only
            concatenates.
        init_cfg: Initialisation config of mmengine.

    Raises:
        ValueError: For an unknown attention, or numbers of channels that are none.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int, asf: dict[str, Any] | None,
                 init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        if not isinstance(in_channels, Sequence) or isinstance(in_channels, str):
            raise ValueError(f'{type(self).__name__} needs the channels of each level for in_channels, '
                             f'but got {in_channels!r}.')
        for channels in in_channels:
            check_channels(type(self).__name__, channels, name='each level in in_channels')
        check_channels(type(self).__name__, out_channels, name='the channels of each level in the output')
        self.in_channels = tuple(in_channels)
        self.asf_conv: nn.Module | None = None
        self.asf_attn: nn.Module | None = None
        self._gain = 1.0  # of the attention
        if asf is not None:
            self._add_asf(out_channels, **ASF | asf)

    def _add_asf(self, out_channels: int, attention: str, inner_channels: int, identity: bool = False) -> None:
        if attention not in ATTENTIONS:
            raise ValueError(f'{type(self).__name__} knows the attentions {", ".join(ATTENTIONS)}, '
                             f'but got {attention!r}.')
        scales = len(self.in_channels)
        self.asf_conv = ConvLayer(scales * out_channels, inner_channels, 3, bias=True)
        if not identity:
            self.asf_attn = ATTENTIONS[attention](inner_channels, scales)
            return
        if attention == 'scale_channel':
            raise ValueError('the attention scale_channel cannot start as the identity: its weights sum to 1')
        self.asf_attn, self._gain = ATTENTIONS[attention](inner_channels, scales, init_cfg=ZERO_START), 2.0

    def check_levels(self, inputs: Sequence[Tensor]) -> None:
        """Raise ``ValueError`` for another number of levels than the neck was made for."""
        if len(inputs) != len(self.in_channels):
            raise ValueError(f'{type(self).__name__} was made for {len(self.in_channels)} levels, '
                             f'but got {len(inputs)}.')

    def fuse(self, levels: Sequence[Tensor]) -> Tensor:
        """Fuse S maps (N, C, H, W) into one of shape (N, S * C, H, W), from fine to coarse."""
        fused = torch.cat(list(levels), dim=1)
        if self.asf_conv is None or self.asf_attn is None:
            return fused
        weights = self._gain * self.asf_attn(self.asf_conv(fused))
        # (N, S, C, H, W) * (N, S, 1, H, W), one product in place of S products and a copy that joins them.
        return (fused.unflatten(1, (len(levels), -1)) * weights.unsqueeze(2)).flatten(1, 2)
