"""Areas that two sets of regions share, for those pairs only where it matters."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import shapely

from .regions import Floats, Indices, Regions

# A bound and an area that should be equal differ by rounding; no pair may be lost to that.
SLACK = 1 - 1e-9
Needed = Callable[[Indices, Indices], Floats]


class Overlaps(NamedTuple):
    """M pairs of regions that overlap: indices into both sets, and the shared area in square pixels."""

    first: Indices
    second: Indices
    areas: Floats


def overlaps(first: Regions, second: Regions, needed: Needed | None = None) -> Overlaps:
    """Pairs of regions that overlap, with the area that they share, which is above 0.

    Args:
        first: One set.
        second: The other set.
        needed: Of M pairs, given as two arrays of indices, the least shared area that is of interest. Pairs whose
            bounding boxes cannot share that much are left out unseen.

    Returns:
        The pairs, in the order of ``first``, then ``second``.
    """
    i, j = shapely.STRtree(second.shapes).query(first.shapes)
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    if needed is not None:
        possible = _most_shared(first, second, i, j) >= needed(i, j) * SLACK
        i, j = i[possible], j[possible]
    shared = shapely.area(shapely.intersection(first.shapes[i], second.shapes[j]))
    kept = shared > 0  # what only touches, or has no area itself: its IoU would be 0 / 0
    return Overlaps(i[kept], j[kept], shared[kept])


def _most_shared(first: Regions, second: Regions, i: Indices, j: Indices) -> Floats:
    """Upper bound of the area that pairs share."""
    box_i, box_j = shapely.bounds(first.shapes[i]), shapely.bounds(second.shapes[j])
    sides = np.minimum(box_i[:, 2:], box_j[:, 2:]) - np.maximum(box_i[:, :2], box_j[:, :2])
    return np.minimum(sides[:, 0] * sides[:, 1], np.minimum(first.areas[i], second.areas[j]))
