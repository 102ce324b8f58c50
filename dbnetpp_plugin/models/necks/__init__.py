"""Necks."""

from .attention import ScaleChannelAttention, ScaleChannelSpatialAttention, ScaleSpatialAttention
from .fpem_asf import FPEMASF
from .fpn_asf import FPNASF
from .rse_fpn import RSEFPN, RepLKFPN

__all__ = ['FPEMASF', 'FPNASF', 'RSEFPN', 'RepLKFPN', 'ScaleChannelAttention', 'ScaleChannelSpatialAttention',
           'ScaleSpatialAttention']
