"""Synthetic scene text, made from what Matplotlib and scikit-image come with; no download."""

from .fonts import find_fonts
from .options import PLAIN, RICH, PageOptions
from .page import render_page
from .photographs import find_photographs
from .vocabulary import Vocabulary, chinese_characters, make_vocabulary, read_words
from .writer import SPLITS, PageSource, write_synthetic_split

__all__ = ['PLAIN', 'RICH', 'SPLITS', 'PageOptions', 'PageSource', 'Vocabulary', 'chinese_characters', 'find_fonts',
           'find_photographs', 'make_vocabulary', 'read_words', 'render_page', 'write_synthetic_split']
