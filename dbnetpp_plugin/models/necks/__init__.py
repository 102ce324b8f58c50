"""Necks."""

from .attention import ScaleChannelAttention, ScaleChannelSpatialAttention, ScaleSpatialAttention
from .fpem_asf import FPEMASF
from .fpn_asf import FPNASF

__all__ = ['FPEMASF', 'FPNASF', 'ScaleChannelAttention', 'ScaleChannelSpatialAttention', 'ScaleSpatialAttention']
