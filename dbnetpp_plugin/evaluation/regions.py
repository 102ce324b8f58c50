"""Polygons as shapes whose overlaps can be measured, whatever an annotator or a detector wrote.

A polygon that cannot enclose anything (fewer than three points, an x without a y, a coordinate that is no pixel)
becomes an empty shape: it stays in its place and counts as before, but overlaps nothing. An outline that crosses itself
covers what it winds around, as in :func:`dbnetpp_plugin.geometry.polygons.simple_rings`. Nothing is clipped to the
image.

N polygons, G ground truths, P predictions, K points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Shapes = NDArray[np.object_]
# Far beyond any image, and small enough that areas stay exact in double precision.
MAX_COORDINATE = 1e7
EMPTY = shapely.Polygon()


@dataclass(frozen=True, eq=False)
class Regions:
    """Shapes of N polygons.

    Attributes:
        shapes: (N,), valid polygons, multipolygons where an outline fell into parts, or empty.
        areas: (N,), what each covers, in square pixels.
        malformed: Indices of those that are not outlines.
        crossing: Indices of those whose outline crosses or touches itself.
    """

    shapes: Shapes
    areas: Floats
    malformed: Indices
    crossing: Indices

    def __len__(self) -> int:
        return len(self.shapes)


def make_regions(polygons: Sequence[ArrayLike]) -> Regions:
    """Shapes of polygons.

    Args:
        polygons: N outlines, each (K, 2) or flat ``x1, y1, x2, y2, ...``.
    """
    shapes, malformed = outlines(polygons)
    crossing = np.flatnonzero(~shapely.is_valid(shapes))
    if len(crossing):
        shapes[crossing] = shapely.make_valid(shapes[crossing], method='structure', keep_collapsed=False)
    return Regions(shapes, shapely.area(shapes), malformed, crossing)


def outlines(polygons: Sequence[ArrayLike]) -> tuple[Shapes, Indices]:
    """Polygons as they are, valid or not.

    Args:
        polygons: As for :func:`make_regions`.

    Returns:
        N shapes, and the indices of the malformed polygons, which are empty shapes.
    """
    rings = [_ring(polygon) for polygon in polygons]
    if all(len(ring) > 2 for ring in rings) and _all_are_pixels(rings):
        return _polygons(rings), np.empty(0, np.intp)
    usable = np.array([len(ring) > 2 and _all_are_pixels([ring]) for ring in rings])
    shapes = np.full(len(rings), EMPTY)
    shapes[usable] = _polygons([ring for ring, kept in zip(rings, usable, strict=True) if kept])
    return shapes, np.flatnonzero(~usable)


def _ring(polygon: ArrayLike) -> Floats:
    points = np.asarray(polygon, dtype=np.float64)
    return points.reshape(-1, 2) if points.size % 2 == 0 else np.empty((0, 2))


def _all_are_pixels(rings: Sequence[Floats]) -> bool:
    # Written so that NaN, which compares as false, is no pixel.
    return not rings or bool((np.abs(np.concatenate(rings)) <= MAX_COORDINATE).all())


def _polygons(rings: Sequence[Floats]) -> Shapes:
    if not rings:
        return np.empty(0, object)
    owners = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=owners))
