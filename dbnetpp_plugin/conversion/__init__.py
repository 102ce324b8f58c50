"""Checkpoints of other implementations of DBNet and DBNet++, under the names and in the layout of this package."""

from .layout import Converted, Layout, convert_state_dict
from .mmocr import MMOCR
from .official import OFFICIAL

LAYOUTS = {'mmocr': MMOCR, 'official': OFFICIAL}

__all__ = ['LAYOUTS', 'MMOCR', 'OFFICIAL', 'Converted', 'Layout', 'convert_state_dict']
