"""Which way up a page is: some of its lines are read in both of their directions, and the better ones vote.

A page is turned by quarters of a turn, counterclockwise as :func:`numpy.rot90` turns it.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.polygons import area

from .crops import TextCrop, is_tall

Image = NDArray[np.uint8]

SAMPLE = 6  # lines; the largest outlines hold most characters


def sample_lines(polygons: Sequence[NDArray]) -> list[NDArray]:
    """The outlines that are read to find the direction of their page."""
    return sorted(polygons, key=area, reverse=True)[:SAMPLE]


def directions(crop: TextCrop) -> tuple[int, int]:
    """The two turns after which the text of a crop may be upright."""
    return (1, 3) if is_tall(crop.image) and len(crop.edges.top) == 2 else (0, 2)


def page_direction(votes: Iterable[tuple[int, float]]) -> int:
    """The quarters of a turn that make a page upright; 0 if nothing was read.

    Args:
        votes: Quarters, and how well a line was read after such a turn.
    """
    totals = np.zeros(4)
    for quarter, score in votes:
        totals[quarter] += score
    return int(totals.argmax())  # the first of the best


def turn_image(image: Image, quarters: int) -> Image:
    """The page, turned."""
    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image


def turn_points(polygons: Sequence[NDArray], size: tuple[int, int], quarters: int) -> list[NDArray]:
    """Where outlines are when their page has been turned.

    Args:
        polygons: Arrays (K, 2), in pixels.
        size: ``(height, width)`` of the page before.
        quarters: By how many quarters of a turn, counterclockwise.
    """
    for _ in range(quarters % 4):
        # Pixel centres have whole coordinates: the last column becomes the first row.
        polygons = [np.stack([polygon[:, 1], size[1] - 1 - polygon[:, 0]], axis=1) for polygon in polygons]
        size = size[::-1]
    return list(polygons)
