"""What detectors, recognizers and readers return."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.reading.line_words import Word

ErrorHandler: TypeAlias = Callable[[str | int, BrokenImageError], None]


@dataclass(frozen=True, eq=False)
class Detection:
    """Text found in one image."""

    polygons: list[NDArray[np.float32]]
    """N arrays (K, 2) of image pixels, x before y, clockwise."""
    scores: NDArray[np.float32]
    """(N,), in [0, 1]."""
    image: str | int
    """Path of the file, or place of the array among the images given, from 0."""
    size: tuple[int, int]
    """``(height, width)`` of the image."""


class Recognition(NamedTuple):
    """What a crop says."""

    text: str
    """Empty if nothing was read."""
    score: float
    """Mean over the characters, in [0, 1]; 0 for an empty text."""
    words: tuple[Word, ...] = ()
    """Where in the crop each word is, if that was asked for."""


NOTHING = Recognition('', 0.0)


@dataclass(frozen=True, eq=False)
class Reading:
    """Text read in one image, in reading order."""

    polygons: list[NDArray[np.float32]]
    """N arrays (K, 2) of image pixels, x before y, clockwise."""
    scores: NDArray[np.float32]
    """(N,), of the detection, in [0, 1]."""
    texts: list[str]
    """N."""
    text_scores: NDArray[np.float32]
    """(N,), of the recognition, in [0, 1]: means over the characters."""
    image: str | int
    """Path of the file, or place of the array among the images given, from 0."""
    size: tuple[int, int]
    """``(height, width)`` of the image."""
