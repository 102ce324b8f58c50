"""Growing and shrinking of polygons by a distance (Vatti's clipping algorithm, through pyclipper).

The distances are those of DBNet, arXiv 1911.08947, sections 3.4 and 3.5.
"""

import math
from typing import TypeVar

import numpy as np
import pyclipper
from numpy.typing import NDArray

from .polygons import Points, signed_area

# Most by which the chords that stand for a round corner leave its arc, in pixels.
ARC_TOLERANCE = 0.05
# pyclipper's last chord of a corner may be half as long again as the others, and the gap grows with the square.
LAST_CHORD = 1.5**2
# pyclipper computes with integers: a pixel is divided in 2^16, or less finely where it would leave its exact range.
FINEST_BITS = 16
RANGE_BITS = 50

Measure = TypeVar('Measure', float, NDArray[np.float64])


def shrink_distance(area: Measure, perimeter: Measure, ratio: float) -> Measure:
    """Distance between a text polygon and the contour of its kernel, ``A (1 - ratio^2) / L``, in pixels.

    Args:
        area: A, in square pixels: of one polygon, or of N polygons, (N,).
        perimeter: L, in pixels, above 0; as many.
        ratio: Shrink ratio r.
    """
    return area / perimeter * (1 - ratio**2)


def unclip_distance(area: Measure, perimeter: Measure, ratio: float) -> Measure:
    """Distance by which a detected kernel is grown back to its text, ``A ratio / L``, in pixels.

    Args:
        area: A, in square pixels: of one polygon, or of N polygons, (N,).
        perimeter: L, in pixels, above 0; as many.
        ratio: Unclip ratio r'.
    """
    return area / perimeter * ratio


def offset(points: NDArray, distance: float, arc_tolerance: float = ARC_TOLERANCE) -> list[Points]:
    """Grow a simple polygon by a distance in pixels, with round corners; a negative distance shrinks it.

    Args:
        points: Polygon that does not cross itself, in either direction; see :func:`.polygons.repair` for others.
        distance: At 0 the polygon comes back with its collinear points left out.
        arc_tolerance: Most by which the chords that stand for a round corner leave its arc, in pixels.

    Returns:
        Every part, clockwise on the screen (y down): none where nothing is left, several where shrinking cut the
        polygon. A hole that closes up while the polygon grows around it is filled.
    """
    origin = points.min(axis=0)
    moved = points - origin
    scale = _scale(float(moved.max()) + abs(distance))
    clipper = pyclipper.PyclipperOffset(arc_tolerance=arc_tolerance / LAST_CHORD * scale)
    path = np.rint(moved * scale).astype(np.int64).tolist()
    clipper.AddPath(path, pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    rings = (np.array(ring, dtype=np.float64) / scale + origin for ring in clipper.Execute(distance * scale))
    return [ring for ring in rings if signed_area(ring) > 0]  # that of a hole is negative


def grow(points: NDArray, distance: float, arc_tolerance: float = ARC_TOLERANCE) -> Points:
    """Outer boundary of what an outline encloses, widened by a disc.

    Args:
        points: Outline (K, 2) in either direction; it may touch itself.
        distance: Radius of the disc, in pixels, at least 0.
        arc_tolerance: As for :func:`offset`.

    Returns:
        One polygon, clockwise on the screen (y down): of an outline that crosses itself and falls apart, the largest
        part. Where a region closes to a ring while it grows, its hole is filled. An outline without area that does not
        grow comes back as it is.
    """
    parts = offset(points, distance, arc_tolerance)
    return max(parts, key=signed_area, default=points.astype(np.float64))


def _scale(extent: float) -> float:
    """Power of two by which lengths up to ``extent`` pixels are multiplied before they are rounded."""
    return 2.0 ** min(FINEST_BITS, RANGE_BITS - math.frexp(extent)[1])
