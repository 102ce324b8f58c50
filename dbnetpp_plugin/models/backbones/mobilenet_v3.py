"""MobileNetV3 as a feature pyramid. Searching for MobileNetV3, https://arxiv.org/abs/1905.02244."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from mmengine.model import BaseModule
from mmocr.registry import MODELS
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torchvision.models import mobilenet_v3_large, mobilenet_v3_small

# Index in torchvision's `features` of the last layer at each of the strides 4, 8, 16, 32.
_ARCHITECTURES = {
    'large': (mobilenet_v3_large, (3, 6, 12, 16)),
    'small': (mobilenet_v3_small, (1, 3, 8, 12)),
}


@MODELS.register_module()
class TorchvisionMobileNetV3(BaseModule):
    """torchvision's MobileNetV3, giving one feature map at each of the strides 4, 8, 16, 32.

    ======  ==================  =====================================================
    arch    channels            pretrained weights, for ``init_cfg`` of type Pretrained
    ======  ==================  =====================================================
    large   24, 40, 112, 960    ``torchvision://mobilenet_v3_large``, or
                                ``torchvision://mobilenet_v3_large.imagenet1k_v2``
    small   16, 24, 48, 576     ``torchvision://mobilenet_v3_small``
    ======  ==================  =====================================================

    Parameter names are torchvision's, so those checkpoints load; their classifier is left aside.

    Args:
        arch: ``'large'`` or ``'small'``.
        out_indices: Which of the four maps to return, in this order. Layers behind the deepest one are not built.
        norm_momentum: Momentum of batch normalisation. torchvision's own 0.01 needs thousands of iterations before the
            running statistics fit new data: until then training looks right, and evaluation finds nothing.
        frozen_stages: -1 freezes nothing, 0 the stem, and ``i`` everything up to the i-th of the four maps.
        norm_eval: Whether batch normalisation keeps to its running statistics in training.
        init_cfg: Initialisation config of mmengine. ``None`` keeps torchvision's initial values.

    Attributes:
        out_channels: Channels of the returned maps, in their order.

    Raises:
        ValueError: For an unknown architecture, or indices out of range.
    """

    def __init__(self, arch: str = 'large', out_indices: Sequence[int] = (0, 1, 2, 3), norm_momentum: float = 0.1,
                 frozen_stages: int = -1, norm_eval: bool = False, init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(init_cfg)
        if arch not in _ARCHITECTURES:
            raise ValueError(f"TorchvisionMobileNetV3 knows arch 'large' and 'small', but got {arch!r}.")
        if not out_indices or not set(out_indices) <= {0, 1, 2, 3}:
            raise ValueError(f'TorchvisionMobileNetV3 needs out_indices among 0, 1, 2, 3, but got {out_indices}.')
        if frozen_stages not in range(-1, max(out_indices) + 2):
            raise ValueError(f'TorchvisionMobileNetV3 needs frozen_stages from -1 to {max(out_indices) + 1}, '
                             f'but got {frozen_stages}.')
        build, stage_ends = _ARCHITECTURES[arch]
        norm_layer = partial(nn.BatchNorm2d, eps=0.001, momentum=norm_momentum)
        # Weights behind the deepest map would get no gradient, which DistributedDataParallel takes for an error.
        self.features = build(norm_layer=norm_layer).features[:stage_ends[max(out_indices)] + 1]
        self.out_layers = tuple(stage_ends[i] for i in out_indices)
        self.out_channels = tuple(self.features[i].out_channels for i in self.out_layers)
        self.frozen_layers = (0, 1, *(end + 1 for end in stage_ends))[frozen_stages + 1]
        self.norm_eval = norm_eval
        self.train()

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Feature maps of images (N, 3, H, W): each (N, C, ceil(H / stride), ceil(W / stride))."""
        maps = {}
        for i, layer in enumerate(self.features):
            x = layer(x)
            if i in self.out_layers:
                maps[i] = x
        return tuple(maps[i] for i in self.out_layers)

    def train(self, mode: bool = True) -> 'TorchvisionMobileNetV3':
        """Set the mode of everything that is not frozen."""
        super().train(mode)
        self.features[:self.frozen_layers].eval().requires_grad_(False)
        if self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        """Leave aside what a whole classification model has and this one does not, which is no mismatch."""
        own = tuple(f'{prefix}features.{i}.' for i in range(len(self.features)))
        for key in [key for key in state_dict if key.startswith((f'{prefix}classifier.', f'{prefix}features.'))]:
            if not key.startswith(own):
                del state_dict[key]
        super()._load_from_state_dict(state_dict, prefix, *args)
