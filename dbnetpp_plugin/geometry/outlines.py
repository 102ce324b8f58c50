"""Many polygons at once: their edges in flat arrays, and the windows of an image they lie in.

Pixel (column j, row i) stands for the point (x=j, y=i). A window is the part of the image worth looking at for one
polygon, in whole pixels.

Legend: N polygons; M edges of all of them.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .polygons import Points

Indices = NDArray[np.int64]


class Windows(NamedTuple):
    """First and one-past-last column and row of N windows, each (N, 2), x before y."""

    first: Indices
    last: Indices

    @property
    def size(self) -> Indices:
        """Columns and rows, (N, 2)."""
        return self.last - self.first

    @property
    def pixels(self) -> Indices:
        """Number of pixels, (N,)."""
        width, height = self.size.T
        return width * height

    def slices(self) -> list[tuple[slice, slice]]:
        """Rows and columns of each window, to index an image with."""
        corners = np.concatenate(self, axis=1).tolist()
        return [(slice(top, bottom), slice(left, right)) for left, top, right, bottom in corners]


class Outlines:
    """Edges of N polygons of at least one ring each, polygon after polygon.

    Args:
        polygons: The rings of each polygon, outlines and holes, (K, 2) each.

    Attributes:
        start, end: Ends of the edges, (M, 2). Edges without a length are left out.
        owner: Index of the polygon an edge belongs to, (M,).
    """

    def __init__(self, polygons: Sequence[Sequence[Points]]) -> None:
        rings = [ring for polygon in polygons for ring in polygon]
        sizes = np.array([len(ring) for ring in rings])
        owner = np.array([index for index, polygon in enumerate(polygons) for _ in polygon]).repeat(sizes)
        start = np.concatenate(rings)
        following = np.arange(1, len(start) + 1)
        following[sizes.cumsum() - 1] -= sizes
        end = start[following]
        has_length = (start != end).any(axis=1)
        self.start, self.end, self.owner = start[has_length], end[has_length], owner[has_length]

    @cached_property
    def vector(self) -> Points:
        """From start to end, (M, 2)."""
        return self.end - self.start

    @cached_property
    def length(self) -> NDArray[np.float64]:
        """Length of each edge, (M,)."""
        return np.hypot(*self.vector.T)

    @cached_property
    def edges(self) -> Indices:
        """Number of edges of each polygon, (N,)."""
        return np.bincount(self.owner)

    @cached_property
    def first(self) -> Indices:
        """Index of the first edge of each polygon, (N,)."""
        return self.edges.cumsum() - self.edges

    @cached_property
    def area(self) -> NDArray[np.float64]:
        """Area of each polygon without its holes, (N,)."""
        (x, y), (dx, dy) = (self.start - self.start[self.first][self.owner]).T, self.vector.T
        return np.abs(np.add.reduceat(x * dy - y * dx, self.first)) / 2

    @cached_property
    def perimeter(self) -> NDArray[np.float64]:
        """Length of the outlines and holes of each polygon, (N,)."""
        return np.add.reduceat(self.length, self.first)

    @cached_property
    def bounds(self) -> tuple[Points, Points]:
        """Least and greatest x and y of each polygon, (N, 2) each."""
        return np.minimum.reduceat(self.start, self.first), np.maximum.reduceat(self.start, self.first)


def windows_around(least: NDArray, greatest: NDArray, limits: Windows) -> Windows:
    """Pixels from ``least`` to ``greatest`` (x, y), both included, inside the limits; empty where there is none."""
    first = np.minimum(np.maximum(np.ceil(least), limits.first), limits.last)
    last = np.minimum(np.maximum(np.floor(greatest) + 1, first), limits.last)
    return Windows(first.astype(np.int64), last.astype(np.int64))
