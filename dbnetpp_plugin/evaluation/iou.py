"""The IoU protocol of ICDAR 2015, challenge 4, task 1: https://rrc.cvc.uab.es/?ch=4&com=tasks.

1. A prediction is taken out, right or wrong, if more than half of its area is inside one do-not-care ground truth.
2. A ground truth and a prediction fit if the intersection of both is more than half of their union.
3. Ground truths, and for each the predictions, are gone through in the order of their lists; the first that fit and
   that nothing was matched with are a match.

It works on quadrangles and on polygons alike. N polygons, G ground truths, P predictions, M pairs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .overlaps import overlaps
from .regions import Floats, Regions, make_regions
from .tally import Tally

IOU_THR = 0.5
IGNORE_THR = 0.5
Flags = NDArray[np.bool_]
Pairs = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What of an image decides its figures, at any score threshold.

    Attributes:
        ground_truths: How many count, that is, are not do-not-care.
        counted: (P,), whether a prediction counts, that is, lies in no do-not-care region.
        pairs: (M, 2), indices of a ground truth and a prediction that fit; both count. Sorted by the first, then the
            second.
        ious: (M,), of the pairs.
    """

    ground_truths: int
    counted: Flags
    pairs: Pairs
    ious: Floats

    def kept(self, predictions: Flags) -> 'Comparison':
        """What it would be if only those of the P predictions had been made; indices stay."""
        kept = predictions[self.pairs[:, 1]]
        return Comparison(self.ground_truths, self.counted & predictions, self.pairs[kept], self.ious[kept])


def compare(ground_truths: Sequence[ArrayLike], ignored: Sequence[bool] | Flags, predictions: Sequence[ArrayLike],
            iou_thr: float = IOU_THR, ignore_thr: float = IGNORE_THR) -> Comparison:
    """Find out which ground truths and predictions of an image fit.

    Args:
        ground_truths: G outlines, each (K, 2) or flat ``x1, y1, x2, y2, ...``.
        ignored: G flags, true for do-not-care.
        predictions: P outlines, in the same pixels.
        iou_thr: The IoU of a pair that fits is above it.
        ignore_thr: The part of a prediction in a do-not-care region that takes it out is above it.

    Raises:
        ValueError: If there are not as many flags as ground truths.
    """
    return compare_regions(make_regions(ground_truths), as_flags(ignored, len(ground_truths)),
                           make_regions(predictions), iou_thr, ignore_thr)


def compare_regions(ground_truths: Regions, ignored: Flags, predictions: Regions,
                    iou_thr: float = IOU_THR, ignore_thr: float = IGNORE_THR) -> Comparison:
    """As :func:`compare`, of polygons that already are regions."""
    areas, others = ground_truths.areas, predictions.areas
    i, j, shared = overlaps(ground_truths, predictions, lambda i, j: np.where(
        ignored[i], ignore_thr * others[j], iou_thr / (1 + iou_thr) * (areas[i] + others[j])))
    inside = ignored[i] & (shared > ignore_thr * others[j])
    ious = shared / (areas[i] + others[j] - shared)
    return make_comparison(ignored, len(predictions), np.stack([i, j], axis=1), ious, inside, iou_thr)


def make_comparison(ignored: Flags, predictions: int, pairs: Pairs, ious: Floats, inside: Flags,
                    iou_thr: float) -> Comparison:
    """Comparison from measured pairs.

    Args:
        ignored: G flags, true for do-not-care.
        predictions: How many there are.
        pairs: (M, 2), sorted.
        ious: (M,), of the pairs.
        inside: (M,), whether the prediction is taken out because of that ground truth.
        iou_thr: The IoU of a pair that fits is above it.
    """
    counted = np.ones(predictions, bool)
    counted[pairs[inside, 1]] = False
    fits = ~ignored[pairs[:, 0]] & counted[pairs[:, 1]] & (ious > iou_thr)
    return Comparison(int((~ignored).sum()), counted, pairs[fits], ious[fits])


def match_in_order(pairs: Pairs) -> Pairs:
    """Match the first that fit, in the order of the pairs, as the official script does.

    Args:
        pairs: (M, 2), sorted.

    Returns:
        The rows that are matches.
    """
    taken: tuple[set[int], set[int]] = (set(), set())
    rows = []
    for row, (i, j) in enumerate(pairs.tolist()):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            rows.append(row)
    return pairs[rows]


def match_most(pairs: Pairs) -> Pairs:
    """Match as many as can be matched at the same time.

    Args:
        pairs: (M, 2).

    Returns:
        The rows that are matches; where several choices are equally good, one of them.
    """
    if not len(pairs):
        return pairs
    from scipy.sparse import csr_array  # which most protocols do without
    from scipy.sparse.csgraph import maximum_bipartite_matching

    truths, predictions = pairs.T.astype(np.int32)  # older releases of SciPy take no other integers
    graph = csr_array((np.ones(len(pairs), bool), (truths, predictions)))
    partners = maximum_bipartite_matching(graph, perm_type='column')
    return np.stack([np.flatnonzero(partners >= 0), partners[partners >= 0]], axis=1)


STRATEGIES: dict[str, Callable[[Pairs], Pairs]] = {'in_order': match_in_order, 'most': match_most}


def count_matches(comparison: Comparison, strategy: Callable[[Pairs], Pairs] = match_in_order) -> Tally:
    """Count the matches of an image."""
    matches = len(strategy(comparison.pairs))
    return Tally(matches, matches, comparison.ground_truths, int(comparison.counted.sum()))


def as_flags(flags: Sequence[bool] | Flags, length: int) -> Flags:
    """Flags as an array.

    Raises:
        ValueError: If there are not that many.
    """
    array = np.asarray(flags, dtype=bool).reshape(-1)
    if len(array) != length:
        raise ValueError(f'each of {length} ground truths needs one do-not-care flag, got {len(array)}')
    return array
