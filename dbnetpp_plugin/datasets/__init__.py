"""Data sets: reading annotations, transforms, preparers of public data sets, and synthetic text."""

from . import transforms
from .annotation import read_annotations, validate_annotations, write_annotations
from .errors import BrokenImageError
from .random_synth_text import RandomSynthText, RandomSynthWords
from .text_det_dataset import TextDetDataset

__all__ = [
    'BrokenImageError',
    'RandomSynthText',
    'RandomSynthWords',
    'TextDetDataset',
    'read_annotations',
    'transforms',
    'validate_annotations',
    'write_annotations',
]
