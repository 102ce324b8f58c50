"""Layers that models are built from."""

from .torchvision_dcn import TorchvisionDCNv2

__all__ = ['TorchvisionDCNv2']
