"""DetEval as Total-Text has it: https://github.com/cs-chan/Total-Text-Dataset, Evaluation_Protocol, ``Deteval.py``.

Of a ground truth and a prediction, sigma is the part of the ground truth that is covered, and tau the part of the
prediction that covers it, both rounded to two decimals. Besides one-to-one matches there are split words (several
predictions on one ground truth) and merged words (one prediction on several), which earn 0.8.

The steps follow the official script, with all it does: in a merged word, sigma is held against ``tau_thr``; a
prediction's area is taken plus one square pixel where do-not-care regions are looked for. Unlike there, coordinates are
not cut to whole pixels. Method: Wolf and Jolion, IJDAR 2006. G ground truths, P predictions.
"""

from dataclasses import dataclass

import numpy as np

from .iou import IGNORE_THR, Flags
from .overlaps import overlaps
from .regions import Floats, Indices, Regions
from .tally import Tally

SIGMA_THR = 0.7
TAU_THR = 0.6
PENALTY = 0.8


@dataclass(eq=False)
class _Matching:
    """Tables (G, P), what is matched already, and the credit earned so far."""

    sigma: Floats
    tau: Floats
    found: Flags
    right: Flags
    recalled: float = 0
    precise: float = 0

    def add(self, i: int | Indices, j: int | Indices, recalled: float, precise: float) -> None:
        self.found[i], self.right[j] = True, True
        self.recalled += recalled
        self.precise += precise


def deteval(ground_truths: Regions, ignored: Flags, predictions: Regions, sigma_thr: float = SIGMA_THR,
            tau_thr: float = TAU_THR) -> tuple[Tally, Indices, Indices, Flags]:
    """Evaluate one image.

    Args:
        ground_truths: G regions.
        ignored: G flags, true for do-not-care.
        predictions: P regions.
        sigma_thr: Least part of a ground truth to be covered; the authors advise 0.7, and 0.8 was the default before.
        tau_thr: Least part of a prediction to be on text; 0.6, and 0.4 before.

    Returns:
        The tally; indices of the ground truths that were found; indices of the predictions that are right; P flags,
        whether a prediction counts.
    """
    shared = _shared_areas(ground_truths, predictions)
    counted = np.all(shared[ignored] <= IGNORE_THR * (predictions.areas + 1), axis=0).reshape(-1)
    rows, columns = np.flatnonzero(~ignored), np.flatnonzero(counted)
    areas = shared[np.ix_(rows, columns)]
    matching = _Matching(_part(areas, ground_truths.areas[rows, None]), _part(areas, predictions.areas[columns]),
                         np.zeros(len(rows), bool), np.zeros(len(columns), bool))
    _one_to_one(matching, sigma_thr, tau_thr)
    _split(matching, sigma_thr, tau_thr)
    _merged(matching, sigma_thr, tau_thr)
    credit = Tally(matching.recalled, matching.precise, len(rows), len(columns))
    return credit, rows[matching.found], columns[matching.right], counted


def _shared_areas(first: Regions, second: Regions) -> Floats:
    table = np.zeros((len(first), len(second)))
    i, j, areas = overlaps(first, second)
    table[i, j] = areas
    return table


def _part(shared: Floats, whole: Floats) -> Floats:
    return np.round(np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0), 2)


def _one_to_one(matching: _Matching, sigma_thr: float, tau_thr: float) -> None:
    """Ground truth and prediction have enough of each other, and neither has enough of another."""
    covered, on_text = matching.sigma > sigma_thr, matching.tau > tau_thr
    for i in range(len(covered)):
        j, other = np.flatnonzero(covered[i]), np.flatnonzero(on_text[i])
        if len(j) == 1 and len(other) == 1 and covered[:, j].sum() == 1 and on_text[:, other].sum() == 1:
            matching.add(i, j, 1, 1)


def _split(matching: _Matching, sigma_thr: float, tau_thr: float) -> None:
    """Several predictions, each on the ground truth, cover it together."""
    for i in np.flatnonzero(~matching.found & ((matching.sigma > 0).sum(axis=1) >= 2)):
        j = np.flatnonzero((matching.tau[i] >= tau_thr) & ~matching.right)
        if matching.sigma[i, j].sum() >= sigma_thr:
            matching.add(i, j, *((1, 1) if len(j) == 1 else (PENALTY, PENALTY * len(j))))


def _merged(matching: _Matching, sigma_thr: float, tau_thr: float) -> None:
    """A prediction covers several ground truths and little else."""
    for j in np.flatnonzero(~matching.right & ((matching.tau > 0).sum(axis=0) >= 2)):
        i = np.flatnonzero((matching.sigma[:, j] >= tau_thr) & ~matching.found)
        # One that is left is a one-to-one match, and must be covered as such.
        if matching.tau[i, j].sum() >= tau_thr and (len(i) != 1 or matching.sigma[i[0], j] >= sigma_thr):
            matching.add(i, j, *((1, 1) if len(i) == 1 else (PENALTY * len(i), PENALTY)))
