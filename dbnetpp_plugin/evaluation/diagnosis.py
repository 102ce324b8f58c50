"""Why next to nothing was found: at which stage predictions were lost, and what would bring them back."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.placement import EXCHANGED, PARTS, exchanged, times_size

from .evaluate import keep_scores
from .iou import compare_regions, match_in_order
from .regions import make_regions
from .text_image import TextImage

Pairs = Sequence[tuple[TextImage, TextImage]]
Points = NDArray[np.floating]
MAX_IMAGES, MAX_PREDICTIONS = 50, 100
# Below this hmean, something is wrong that has little to do with the model.
TOO_LOW = 0.05
# What a remedy must find, of the ground truths, to be worth telling.
WORTH_TELLING = 0.1
# Scales from 1/16 to 16, close enough to one another that a word still overlaps itself at the far side of an image.
SCALES = np.exp2(np.linspace(-4, 4, 1601))
ODD_RATIO = 4


def diagnose(pairs: Pairs, score_thr: float | None = None) -> list[str]:
    """Say why next to no ground truth was found, from the first stage that lost all predictions on.

    Args:
        pairs: Ground truth and predictions, of all images or of some.
        score_thr: The score threshold that was applied.

    Returns:
        Sentences, the most telling first; empty if nothing is out of the ordinary.
    """
    predictions = sum(len(found) for _, found in pairs)
    if not sum(int((~truth.ignored).sum()) for truth, _ in pairs):
        return ['There is no ground truth that counts.']
    if not predictions:
        return ['There are no predictions: the detector found nothing, or kept nothing.']
    kept = [(truth, keep_scores(found, score_thr)) for truth, found in pairs]
    left = sum(len(found) for _, found in kept)
    reasons = [*_lost_to_score(pairs, score_thr, predictions - left)] if 2 * left < predictions else []
    return [*reasons, *_lost_to_shape(kept), *_remedies(kept), *_odd_sizes(kept)] if left else reasons


def _lost_to_score(pairs: Pairs, score_thr: float | None, lost: int) -> Iterator[str]:
    scores = np.concatenate([found.scores for _, found in pairs if found.scores is not None])
    yield f'{lost} of {len(scores)} predictions score less than {score_thr:g}; the highest score is {scores.max():.4g}.'


def _lost_to_shape(pairs: Pairs) -> Iterator[str]:
    """Predictions that cannot match anything, and predictions that do-not-care text takes out."""
    total = empty = inside = 0
    for truth, found in pairs:
        regions = make_regions(found.polygons)
        comparison = compare_regions(make_regions(truth.polygons), truth.ignored, regions)
        total += len(regions)
        empty += int((regions.areas == 0).sum())
        inside += int((~comparison.counted).sum())
    if 2 * empty > total:
        yield f'{empty} of {total} predictions cover no area.'
    if inside == total:
        yield f'All {total} predictions lie in do-not-care text.'


def _remedies(pairs: Pairs) -> Iterator[str]:
    """The change of the predictions after which most ground truths are found; none is the first choice."""
    used = [(truth, found) for truth, found in pairs if len(truth) and len(found)][:MAX_IMAGES]
    ground_truths = sum(int((~truth.ignored).sum()) for truth, _ in used)
    matched = {remedy: sum(_matches(truth, change(truth, found)) for truth, found in used)
               for remedy, change in _changes(used)}
    best = max(matched, key=lambda remedy: matched[remedy])
    if matched[best] > WORTH_TELLING * ground_truths:
        yield f'With {best}, {matched[best]} of {ground_truths} ground truths in {len(used)} images are found.'


def _changes(pairs: Pairs) -> Iterator[tuple[str, Callable[[TextImage, TextImage], Sequence[Points]]]]:
    yield 'the coordinates as they are', lambda truth, found: found.polygons
    yield EXCHANGED, lambda truth, found: [exchanged(polygon) for polygon in found.polygons]
    yield 'the points of each outline put in order', lambda truth, found: [_hull(polygon) for polygon in found.polygons]
    if all(truth.size or found.size for truth, found in pairs):
        yield PARTS, _times_size
    scale = _likely_scale(pairs)
    if abs(scale - 1) > 0.02:
        yield f'coordinates multiplied by {scale:.3g}', lambda truth, found: [p * scale for p in found.polygons]


def _hull(polygon: Points) -> Points:
    hull = shapely.convex_hull(shapely.multipoints(polygon)) if np.isfinite(polygon).all() else shapely.Polygon()
    return shapely.get_coordinates(hull)


def _times_size(truth: TextImage, found: TextImage) -> list[Points]:
    height, width = truth.size or found.size or (1, 1)
    return [times_size(polygon, width, height) for polygon in found.polygons]


def _likely_scale(pairs: Pairs) -> float:
    """The scale by which most centres of predictions come to lie inside the bounding box of a ground truth."""
    hits = np.zeros(len(SCALES), int)
    for truth, found in pairs:
        boxes = shapely.bounds(make_regions(truth.polygons).shapes)[~truth.ignored]
        centres = shapely.bounds(make_regions(found.polygons[:MAX_PREDICTIONS]).shapes).reshape(-1, 2, 2).mean(axis=1)
        x, y = np.moveaxis(centres[:, :, None] * SCALES, 1, 0)  # each (P, scales)
        for x0, y0, x1, y1 in boxes:
            hits += ((x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)).any(axis=0)
    # A word is hit over a range of scales; its middle is the best guess.
    return float(np.exp2(np.log2(SCALES[hits == hits.max()]).mean()))


def _matches(truth: TextImage, polygons: Sequence[Points]) -> int:
    comparison = compare_regions(make_regions(truth.polygons), truth.ignored, make_regions(polygons))
    return len(match_in_order(comparison.pairs))


def _odd_sizes(pairs: Pairs) -> Iterator[str]:
    truths = np.concatenate([make_regions(truth.polygons).areas[~truth.ignored] for truth, _ in pairs])
    found = np.concatenate([make_regions(found.polygons).areas for _, found in pairs])
    expected, got = float(np.median(truths)), float(np.median(found))
    if not expected / ODD_RATIO <= got <= expected * ODD_RATIO:
        yield (f'Half of the predictions cover less than {got:.4g} square pixels, half of the ground truths less than '
               f'{expected:.4g}.')

