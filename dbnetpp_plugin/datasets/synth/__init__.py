"""Synthetic scene text, made from what Matplotlib and scikit-image come with; no download."""

from .fonts import find_fonts
from .page import render_page
from .photographs import find_photographs
from .writer import SPLITS, PageSource, write_synthetic_split

__all__ = ['SPLITS', 'PageSource', 'find_fonts', 'find_photographs', 'render_page', 'write_synthetic_split']
