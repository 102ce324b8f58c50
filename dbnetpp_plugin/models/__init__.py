"""Modules of DBNet and DBNet++, registered in MMOCR's ``MODELS``."""

from . import (
    backbones,
    data_preprocessor,
    dictionary,
    encoders,
    heads,
    layers,
    losses,
    necks,
    postprocessors,
    test_time_augmentation,
)

__all__ = ['backbones', 'data_preprocessor', 'dictionary', 'encoders', 'heads', 'layers', 'losses', 'necks',
           'postprocessors', 'test_time_augmentation']
