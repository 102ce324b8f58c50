"""Many polygons at once: their edges in flat arrays, and the windows of an image they lie in.

Pixel (column j, row i) stands for the point (x=j, y=i). A window is the part of the image worth looking at for one
polygon, in whole pixels.

Legend: N polygons; M edges of all of them.
"""

from collections.abc import Sequence
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
        start, end: Ends of the edges, (M, 2).
        vector: From start to end, (M, 2).
        length: Length of each edge, (M,).
        owner: Index of the polygon an edge belongs to, (M,).
        edges: Number of edges of each polygon, (N,).
        first: Index of the first edge of each polygon, (N,).
        area: Area of each polygon without its holes, (N,); that of a polygon that crosses itself means nothing.
        perimeter: Length of the outlines and holes of each polygon, (N,).
        least, greatest: Least and greatest x and y of each polygon, (N, 2).
    """

    def __init__(self, polygons: Sequence[Sequence[Points]]) -> None:
        rings = [ring for polygon in polygons for ring in polygon]
        sizes = np.array([len(ring) for ring in rings])
        self.start = np.concatenate(rings)
        self._following = np.arange(1, len(self.start) + 1)
        self._following[sizes.cumsum() - 1] -= sizes
        self.end = self.start[self._following]
        self.edges = np.array([sum(map(len, polygon)) for polygon in polygons])
        self.first = self.edges.cumsum() - self.edges
        self.owner = np.arange(len(polygons)).repeat(self.edges)
        self._measure()

    def _measure(self) -> None:
        self.vector = self.end - self.start
        self.least = np.minimum.reduceat(self.start, self.first)
        self.greatest = np.maximum.reduceat(self.start, self.first)
        (x, y), (dx, dy) = (self.start - self.least[self.owner]).T, self.vector.T
        self.area = np.abs(np.add.reduceat(x * dy - y * dx, self.first)) / 2
        self.length = np.hypot(dx, dy)
        self.perimeter = np.add.reduceat(self.length, self.first)

    @property
    def are_convex_quads(self) -> NDArray[np.bool_]:
        """Whether each polygon has four corners and turns the same way at all of them, (N,).

        That makes it simple: to turn the same way and yet run around twice takes five corners.
        """
        (dx, dy), (next_dx, next_dy) = self.vector.T, self.vector[self._following].T
        turns = np.add.reduceat(np.sign(dx * next_dy - dy * next_dx), self.first)
        return (self.edges == 4) & (np.abs(turns) == 4)


def windows_around(least: NDArray, greatest: NDArray, limits: Windows) -> Windows:
    """Pixels from ``least`` to ``greatest`` (x, y), both included, inside the limits; empty where there is none."""
    first = np.minimum(np.maximum(np.ceil(least), limits.first), limits.last)
    last = np.minimum(np.maximum(np.floor(greatest) + 1, first), limits.last)
    return Windows(first.astype(np.int64), last.astype(np.int64))
