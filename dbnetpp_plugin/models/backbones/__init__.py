"""Backbones."""

from .mobilenet_v3 import TorchvisionMobileNetV3

__all__ = ['TorchvisionMobileNetV3']
