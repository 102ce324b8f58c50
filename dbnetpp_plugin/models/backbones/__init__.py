"""Backbones."""

from .deformable_resnet import DeformableResNet
from .mobilenet_v3 import TorchvisionMobileNetV3
from .pplcnet_v3 import PPLCNetV3
from .pplcnet_v4 import PPLCNetV4

__all__ = ['DeformableResNet', 'PPLCNetV3', 'PPLCNetV4', 'TorchvisionMobileNetV3']
