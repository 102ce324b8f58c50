"""The smallest rectangles around many point sets at once, each widened by a margin of its own.

Widening a shape by a disc of radius m (a Vatti offset with round joins) makes its extent in every direction 2m longer.
The smallest rectangle of the widened shape therefore has sides (w + 2m, h + 2m), where (w, h) are the extents of the
shape along and across some direction, and no offset polygon is needed to find it. As for m = 0, the best direction is
that of an edge of the convex hull: between two edge directions each extent is a sinusoid, and their product has no
minimum there.

A point (x, y) is the complex number x + iy, so that dividing by a direction turns it to the x axis.
Letters in shapes: N point sets, K corners of a hull, J = K edges of a hull.
"""

from collections import defaultdict
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
BACK_TURNS = np.array([1, -1j, -1, 1j])  # by 0, 1, 2, 3 quarters


def min_area_rectangles(point_sets: Sequence[NDArray], margins: Sequence[float]) -> tuple[Floats, Floats]:
    """Smallest rectangle, by area, around each point set widened by a disc.

    Args:
        point_sets: N arrays (K, 2) or (K, 1, 2) of int32 or float32 points, each with at least one point.
        margins: N radii, in pixels, at least 0.

    Returns:
        Corners (N, 4, 2) and sides (N, 2). The corners run clockwise on the screen (y down) from the top left one,
        which is the one with the smallest x + y: the first side points right within 45 degrees. The sides are the
        lengths of the first side and of the second.
    """
    corners, sides = np.empty((len(point_sets), 4, 2)), np.empty((len(point_sets), 2))
    radii = np.asarray(margins, dtype=np.float64)
    hulls = [cv2.convexHull(points) for points in point_sets]
    for members in _by_size(hulls):
        corners[members], sides[members] = _rectangles(_stacked([hulls[i] for i in members]), radii[members])
    return corners, sides


def _by_size(hulls: Sequence[NDArray]) -> list[list[int]]:
    """Indices of the hulls, those together that have up to 4, 8, 16, ... corners."""
    groups = defaultdict(list)
    for index, hull in enumerate(hulls):
        groups[(len(hull) - 1).bit_length()].append(index)
    return list(groups.values())


def _stacked(hulls: Sequence[NDArray]) -> Complexes:
    """Hulls (K, 1, 2) as one array (largest K, N). The shorter repeat their last corner, which changes no extent."""
    lengths = np.array([len(hull) for hull in hulls])
    rows = np.minimum(np.arange(lengths.max())[:, None], lengths - 1) + np.cumsum(lengths) - lengths
    return np.concatenate(hulls).astype(np.float64).view(np.complex128)[rows, 0, 0]


def _rectangles(hulls: Complexes, margins: Floats) -> tuple[Floats, Floats]:
    """Corners (N, 4, 2) and sides (N, 2) for hulls (K, N)."""
    directions = _rightward(np.roll(hulls, -1, axis=0) - hulls)  # (J, N)
    turned = hulls[:, None] * directions.conj()  # (K, J, N)
    left, top = turned.real.min(axis=0) - margins, turned.imag.min(axis=0) - margins
    width, height = turned.real.max(axis=0) + margins - left, turned.imag.max(axis=0) + margins - top
    best = (np.argmin(width * height, axis=0), np.arange(len(margins)))
    sides = np.stack([width[best], height[best]], axis=1)
    steps = np.stack([np.zeros(len(margins)), sides[:, 0], sides[:, 0] + 1j * sides[:, 1], 1j * sides[:, 1]], axis=1)
    corners = ((left + 1j * top)[best][:, None] + steps) * directions[best][:, None]
    return corners.view(np.float64).reshape(-1, 4, 2), sides


def _rightward(edges: Complexes) -> Complexes:
    """Directions of the edges, in quarter turns turned to within 45 degrees of the x axis."""
    # From a repeated corner, or in a hull that is a single point, an edge of length zero stands for any direction.
    edges = np.where(edges == 0, 1, edges)
    quarters = np.rint(np.angle(edges) / (np.pi / 2)).astype(np.int64)
    return edges / np.abs(edges) * BACK_TURNS[quarters]
