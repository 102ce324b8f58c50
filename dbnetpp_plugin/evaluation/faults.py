"""What is wrong with polygons, so that it can be counted and reported. None of it changes how many there are."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from dbnetpp_plugin.geometry.placement import excess

from .regions import Indices, Regions

MEANINGS = {
    'malformed': 'no outline (fewer than three points, an x without a y, or no pixel), fit nothing',
    'no_area': 'without area, fit nothing',
    'crossing': 'cross or touch themselves, cover what they wind around',
    'duplicate': 'equal to an earlier one, count again',
    'outside': 'reach out of the image, are not clipped',
}


def find_faults(regions: Regions, size: tuple[int, int] | None = None) -> dict[str, Indices]:
    """Find the regions that an annotator or a detector hardly meant.

    Args:
        regions: Of one image.
        size: Height and width of the image in pixels; without it, ``outside`` is found at the left and the top only.

    Returns:
        The keys of ``MEANINGS``, each with the indices of the regions it is true of.
    """
    empty = np.flatnonzero(regions.areas == 0)
    return {
        'malformed': regions.malformed,
        'no_area': np.setdiff1d(empty, regions.malformed),
        'crossing': np.setdiff1d(regions.crossing, empty),
        'duplicate': _duplicates(regions),
        'outside': _outside(regions, size),
    }


def count_faults(faults: Sequence[Mapping[str, Indices]]) -> dict[str, int]:
    """Sum over images; kinds that do not occur are left out."""
    counts = {kind: sum(len(image[kind]) for image in faults) for kind in MEANINGS}
    return {kind: count for kind, count in counts.items() if count}


def describe_faults(counts: Mapping[str, int]) -> str:
    """Say in one line what there is and what was done about it; empty if there is nothing."""
    return '; '.join(f'{count} {MEANINGS[kind]}' for kind, count in counts.items() if count)


def _duplicates(regions: Regions) -> Indices:
    boxes = [tuple(box) for box in shapely.bounds(regions.shapes).tolist()]
    if len(set(boxes)) == len(boxes):
        return np.empty(0, np.intp)
    seen: set[bytes] = set()
    repeated = []
    # The normal form starts at the same corner and runs the same way round, whatever the polygon did.
    for index, key in enumerate(shapely.to_wkb(shapely.normalize(regions.shapes))):
        if key in seen and regions.areas[index] > 0:
            repeated.append(index)
        seen.add(key)
    return np.array(repeated, np.intp)


def _outside(regions: Regions, size: tuple[int, int] | None) -> Indices:
    height, width = size or (np.inf, np.inf)
    return np.flatnonzero(excess(shapely.bounds(regions.shapes), width, height) > 0)
