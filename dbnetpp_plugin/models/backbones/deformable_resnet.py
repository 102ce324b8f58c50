"""ResNet-18 and ResNet-34 with deformable convolutions, the light backbone of DBNet, https://arxiv.org/abs/1911.08947."""

from typing import Any, ClassVar

from mmcv.cnn import build_conv_layer
from mmdet.models.backbones import ResNet
from mmdet.models.backbones.resnet import BasicBlock
from mmocr.registry import MODELS

# mmdet starts each residual branch at zero where it trains from scratch, but only for its own class of block.
_ZERO_INIT = dict(type='Constant', val=0, override=dict(name='norm2'))


class DeformableBasicBlock(BasicBlock):
    """mmdet's block of two convolutions, of which the second is deformable where ``dcn`` is given.

    It is the one that is deformable in the official code of DBNet, and has stride 1 in every block.
    """

    def __init__(self, inplanes: int, planes: int, *, dcn: dict[str, Any] | None = None, init_cfg: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(inplanes, planes, init_cfg=init_cfg or _ZERO_INIT, **kwargs)
        if dcn is not None:
            cfg = {key: value for key, value in dcn.items() if key != 'fallback_on_stride'}
            self.conv2 = build_conv_layer(cfg, planes, planes, 3, padding=1, bias=False)


@MODELS.register_module()
class DeformableResNet(ResNet):
    """mmdet's ``ResNet`` of depth 18 or 34, for which that has no deformable convolutions.

    Arguments are those of mmdet's ``ResNet``. Parameter names are its too, and so are those of torchvision's weights;
    deformable layers add ``conv2.conv_offset``, which starts at zero.
    """

    arch_settings: ClassVar[dict[int, tuple[type[BasicBlock], tuple[int, ...]]]] = {
        18: (DeformableBasicBlock, (2, 2, 2, 2)),
        34: (DeformableBasicBlock, (3, 4, 6, 3)),
    }
