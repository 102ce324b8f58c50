"""Feature enhancement along a top-down and a bottom-up path, then Adaptive Scale Fusion.

Enhancement: FPEM of PAN, https://arxiv.org/abs/1908.05900; fusion: DBNet++, https://arxiv.org/abs/2202.10304.
"""

from collections.abc import Sequence
from typing import Any

from mmocr.models.textdet.necks import FPEM_FFM
from mmocr.registry import MODELS
from torch import Tensor

from .scale_fusion import ASF, ScaleFusion

_KAIMING = dict(type='Kaiming', layer='Conv2d', mode='fan_in')


@MODELS.register_module()
class FPEMASF(ScaleFusion):
    """MMOCR's ``FPEM_FFM`` in place of the pyramid of ``FPNASF``, followed by the same fusion.

    Each FPEM runs once from the coarsest level to the finest and back, in separable convolutions, and the outputs of
    all of them are added up. Text that is larger than the field of view of the fine levels thus reaches them twice.

    Args:
        in_channels: Channels of each of the four levels, from fine to coarse.
        out_channels: Channels of each level, in the enhancement and in the output.
        repeats: How many FPEMs there are.
        asf: As in ``FPNASF``.
        init_cfg: Initialisation config of mmengine for the fusion; the enhancement has MMOCR's.

    Raises:
        ValueError: For an unknown attention, no FPEM, or another number of levels than four; in ``forward``, for
            another number of inputs.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int = 64, repeats: int = 2,
                 asf: dict[str, Any] | None = ASF, init_cfg: Any = _KAIMING) -> None:
        super().__init__(in_channels, out_channels, asf, init_cfg)
        if len(self.in_channels) != 4:
            raise ValueError(f'FPEMASF enhances 4 levels, but got in_channels={self.in_channels}.')
        if repeats < 1:
            raise ValueError(f'FPEMASF needs one FPEM or more, but got repeats={repeats}.')
        self.enhance = FPEM_FFM(list(self.in_channels), conv_out=out_channels, fpem_repeat=repeats)

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Fuse maps (N, C_i, H_i, W_i) of any sizes into one of shape (N, 4 * out_channels, H_0, W_0)."""
        self.check_levels(inputs)
        finest, *coarser = self.enhance(inputs)
        # Autocast on CUDA resizes in float32; the widest maps stay in the precision of the convolutions.
        return self.fuse([finest, *(x.to(finest.dtype) for x in coarser)])
