"""Necks."""

from .attention import ScaleChannelAttention, ScaleChannelSpatialAttention, ScaleSpatialAttention
from .fpn_asf import FPNASF

__all__ = ['FPNASF', 'ScaleChannelAttention', 'ScaleChannelSpatialAttention', 'ScaleSpatialAttention']
