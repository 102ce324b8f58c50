"""The IoU rule as MMOCR's ``HmeanIOUMetric`` computes it, to compare numbers with those that it gave.

It differs from :mod:`.iou` in arithmetic only: coordinates are rounded to single precision; of an outline that crosses
itself, ``buffer(0)`` is taken, and the convex hull where that falls into parts; the part of a prediction inside a
do-not-care region is of the area by the shoelace formula plus 1e-5.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike

from .iou import IGNORE_THR, IOU_THR, Comparison, Flags, as_flags, make_comparison
from .overlaps import Overlaps, overlaps
from .regions import Floats, Regions, outlines

POLYGON = 3  # shapely's type id
TIE = 1e-9


def compare_as_mmocr(ground_truths: Sequence[ArrayLike], ignored: Sequence[bool] | Flags,
                     predictions: Sequence[ArrayLike], iou_thr: float = IOU_THR,
                     ignore_thr: float = IGNORE_THR) -> Comparison:
    """As :func:`.iou.compare`, with MMOCR's arithmetic.

    Polygons that MMOCR refuses, with fewer than three points, are treated as everywhere here: they fit nothing.
    """
    flags = as_flags(ignored, len(ground_truths))
    (first, _), (second, outline_areas) = _regions(ground_truths), _regions(predictions)
    found = overlaps(first, second)
    i, j, shared = found
    inside = flags[i] & (shared / (outline_areas[j] + 1e-5) > ignore_thr)
    ious = _ious(first, second, found, iou_thr)
    return make_comparison(flags, len(second), np.stack([i, j], axis=1), ious, inside, iou_thr)


def _regions(polygons: Sequence[ArrayLike]) -> tuple[Regions, Floats]:
    """Shapes, and areas of the outlines as they were."""
    shapes, malformed = outlines([np.asarray(polygon, np.float32) for polygon in polygons])
    outline_areas = shapely.area(shapes)
    crossing = np.flatnonzero(~shapely.is_valid(shapes))
    fixed = shapely.buffer(shapes[crossing], 0, quad_segs=16)
    shapes[crossing] = np.where(shapely.get_type_id(fixed) == POLYGON, fixed, shapely.convex_hull(fixed))
    return Regions(shapes, shapely.area(shapes), malformed, crossing), outline_areas


def _ious(first: Regions, second: Regions, found: Overlaps, iou_thr: float) -> Floats:
    """Shared area by the area of the union, which is the sum less what is shared, or, as MMOCR has it, of the shape.

    The difference is rounding, so that the shape is needed only where it may decide.
    """
    i, j, shared = found
    unions = first.areas[i] + second.areas[j] - shared
    close = np.flatnonzero(np.abs(shared - iou_thr * unions) <= TIE * unions)
    unions[close] = shapely.area(shapely.union(first.shapes[i[close]], second.shapes[j[close]]))
    return shared / unions
