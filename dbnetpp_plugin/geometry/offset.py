"""Growing and shrinking of polygons by a distance (Vatti's clipping algorithm, through pyclipper).

The distances are those of DBNet, arXiv 1911.08947: a text polygon of area A and perimeter L is shrunk by
``A (1 - r^2) / L`` for the probability map, and a detected kernel is grown by ``A r / L``.
"""

import math
from collections.abc import Sequence

import numpy as np
import pyclipper
from numpy.typing import NDArray

from .polygons import Points, area, perimeter

# Most by which the chords that stand for a round corner leave its arc, in pixels.
ARC_TOLERANCE = 0.05
# pyclipper's last chord of a corner may be half as long again as the others, and the gap grows with the square.
CHORD_TOLERANCE = ARC_TOLERANCE / 1.5**2
# pyclipper computes with integers: a pixel is divided in 2^16, or less finely where it would leave its exact range.
FINEST_BITS = 16
RANGE_BITS = 50


def shrink_distance(points: NDArray, ratio: float) -> float:
    """Distance between a text polygon and its kernel, ``A (1 - ratio^2) / L``, in pixels."""
    return _area_per_length(points) * (1 - ratio**2)


def unclip_distance(points: NDArray, ratio: float) -> float:
    """Distance by which a detected kernel is grown back to its text, ``A ratio / L``, in pixels."""
    return _area_per_length(points) * ratio


def offset(points: NDArray, distance: float) -> list[Points]:
    """Grow a simple polygon by a distance in pixels, with round corners; a negative distance shrinks it.

    Args:
        points: Polygon that does not cross itself, in either direction; see :func:`.polygons.repair` for others.
        distance: At 0 the polygon comes back with its collinear points left out.

    Returns:
        Every part: none where nothing is left, several where shrinking cut the polygon. A hole that closes up while
        the polygon grows around it is filled.
    """
    origin = points.min(axis=0)
    scale = _scale(np.ptp(points, axis=0).max() + abs(distance))
    clipper = pyclipper.PyclipperOffset(arc_tolerance=CHORD_TOLERANCE * scale)
    path = np.rint((points - origin) * scale).astype(np.int64).tolist()
    clipper.AddPath(path, pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    outlines = (path for path in clipper.Execute(distance * scale) if pyclipper.Orientation(path))
    return [np.array(path, dtype=np.float64) / scale + origin for path in outlines]


def largest(polygons: Sequence[NDArray]) -> NDArray:
    """The polygon of the largest area.

    Raises:
        ValueError: If there is none to choose from.
    """
    if not polygons:
        raise ValueError('the largest of no polygons was asked for')
    return max(polygons, key=area)


def _area_per_length(points: NDArray) -> float:
    length = perimeter(points)
    return area(points) / length if length > 0 else 0.0


def _scale(extent: float) -> float:
    """Power of two by which lengths up to ``extent`` pixels are multiplied before they are rounded."""
    return 2.0 ** min(FINEST_BITS, RANGE_BITS - math.frexp(extent)[1])
