"""Backbones."""

from .deformable_resnet import DeformableResNet
from .mobilenet_v3 import TorchvisionMobileNetV3

__all__ = ['DeformableResNet', 'TorchvisionMobileNetV3']
