"""Figures of a data set, at a score threshold and over all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .protocols import ImageScore, Protocol
from .regions import Floats
from .tally import Tally
from .text_image import TextImage


@dataclass(frozen=True, eq=False)
class Evaluated:
    """An image with its score; of the predictions, those that were kept."""

    truth: TextImage
    found: TextImage
    score: ImageScore


class Point(NamedTuple):
    """Figures at one threshold."""

    score_thr: float
    tally: Tally


def evaluate(pairs: Iterable[tuple[TextImage, TextImage]], protocol: Protocol,
             score_thr: float | None = None) -> list[Evaluated]:
    """Evaluate each image.

    Args:
        pairs: Ground truth and predictions.
        protocol: How.
        score_thr: Predictions with a lower score are left out; None keeps all.

    Raises:
        ValueError: If a threshold is given, and predictions have no scores.
    """
    evaluated = []
    for truth, found in pairs:
        kept = keep_scores(found, score_thr)
        if protocol.by_score and kept.scores is not None:
            kept = kept.select(np.argsort(-kept.scores, kind='stable'))
        evaluated.append(Evaluated(truth, kept, protocol.score(truth, kept)))
    return evaluated


def keep_scores(found: TextImage, score_thr: float | None) -> TextImage:
    """Predictions with at least that score.

    Raises:
        ValueError: If there are no scores.
    """
    if score_thr is None or not len(found):
        return found
    if found.scores is None:
        raise ValueError(f'{found.name}: a score threshold needs scores, and there are none')
    return found.select(np.flatnonzero(found.scores >= score_thr))


def total(evaluated: Iterable[Evaluated]) -> Tally:
    """Sum over images."""
    return sum((image.score.tally for image in evaluated), Tally())


def sweep(pairs: Sequence[tuple[TextImage, TextImage]], protocol: Protocol, thresholds: Iterable[float]) -> list[Point]:
    """Figures at several score thresholds. The best of them is chosen on the data it is about: no test result.

    Raises:
        ValueError: If predictions have no scores.
    """
    return [Point(float(threshold), total(evaluate(pairs, protocol, threshold))) for threshold in thresholds]


def thresholds(pairs: Iterable[tuple[TextImage, TextImage]]) -> list[float]:
    """Score thresholds over which to :func:`sweep`: steps of 0.05, or 20 steps where scores are not in [0, 1].

    Returns:
        Them, or nothing if an image with predictions has no scores.
    """
    scores = [found.scores for _, found in pairs if len(found)]
    known = [image for image in scores if image is not None]
    if not known or len(known) < len(scores):
        return []
    low, high = np.concatenate(known).min(), np.concatenate(known).max()
    return [step / 20 for step in range(20)] if 0 <= low <= high <= 1 else np.linspace(low, high, 21).tolist()


def best(points: Sequence[Point]) -> Point:
    """The point of the highest hmean, the first of several."""
    return max(points, key=lambda point: point.tally.hmean)


def average_precision(evaluated: Sequence[Evaluated]) -> float:
    """Mean over the ground truths of the precision at the score of the prediction that found each, 0 if none did.

    Raises:
        ValueError: If predictions have no scores.
    """
    scores = [_scores(image) for image in evaluated]
    order = np.argsort(-np.concatenate([*scores, np.empty(0)]), kind='stable')
    right = np.concatenate([*(image.score.right[image.score.counted] for image in evaluated), np.empty(0, bool)])[order]
    ground_truths = sum(image.score.tally.ground_truths for image in evaluated)
    precisions = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precisions[right].sum() / ground_truths) if ground_truths else 0.0


def _scores(image: Evaluated) -> Floats:
    if image.found.scores is None:
        raise ValueError(f'{image.found.name}: average precision needs scores, and there are none')
    return image.found.scores[image.score.counted]


def recall_by_script(evaluated: Iterable[Evaluated]) -> dict[str, Tally]:
    """Ground truths found, by script. A prediction has no script, so that there is no precision: it stays 0 of 0.

    Returns:
        Script -> tally, in alphabetical order; empty if scripts are not annotated.
    """
    tallies: dict[str, Tally] = {}
    for image in evaluated:
        for script, ignored, found in zip(image.truth.scripts or (), image.score.ignored, image.score.found,
                                          strict=False):
            if not ignored:
                tallies[script] = tallies.get(script, Tally()) + Tally(recalled=int(found), ground_truths=1)
    return dict(sorted(tallies.items()))
