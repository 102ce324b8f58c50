"""The protocols of the papers' data sets, each as a function of the ground truth and the predictions of one image.

G ground truths, P predictions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dbnetpp_plugin.geometry.rectangles import min_area_rectangles

from .deteval import SIGMA_THR, TAU_THR, deteval
from .faults import find_faults
from .iou import IGNORE_THR, IOU_THR, Flags, compare_regions, match_in_order
from .regions import Indices, Regions, make_regions
from .tally import Tally
from .text_image import TextImage
from .tiou import tiou_tally
from .transcription import reads, spotted_word


@dataclass(frozen=True, eq=False)
class ImageScore:
    """What a protocol says of one image.

    Attributes:
        tally: Its part in the figures.
        ignored: (G,), whether a ground truth is do-not-care.
        found: (G,), whether it was found.
        counted: (P,), whether a prediction counts.
        right: (P,), whether it is right.
        truth_faults: What is wrong with the ground truths, see :func:`.faults.find_faults`.
        prediction_faults: The same of the predictions.
    """

    tally: Tally
    ignored: Flags
    found: Flags
    counted: Flags
    right: Flags
    truth_faults: dict[str, Indices]
    prediction_faults: dict[str, Indices]


Score = Callable[[TextImage, TextImage], ImageScore]


@dataclass(frozen=True)
class Protocol:
    """A way to evaluate.

    Attributes:
        title: Its name and thresholds, to be written beside every figure.
        score: Evaluates one image.
        points: How many points an outline has in text files; None where that is free.
        with_text: Whether transcriptions are compared.
        by_score: Whether predictions are matched in the order of their scores, not of their lines.
    """

    title: str
    score: Score
    points: int | None = None
    with_text: bool = False
    by_score: bool = False


def score_iou(truth: TextImage, found: TextImage, iou_thr: float = IOU_THR) -> ImageScore:
    """The IoU protocol, see :mod:`.iou`."""
    first, second = make_regions(truth.polygons), make_regions(found.polygons)
    return _score_regions(truth, found, first, second, iou_thr)


def score_td500(truth: TextImage, found: TextImage, iou_thr: float = IOU_THR,
                count_difficult: bool = False) -> ImageScore:
    """The IoU protocol on rotated boxes: of each outline, the smallest rectangle around it.

    Args:
        truth: Difficult lines are do-not-care.
        found: Predictions.
        iou_thr: The IoU of a pair that fits is above it.
        count_difficult: Difficult lines are ground truth like all others.
    """
    if count_difficult:
        truth = replace(truth, ignored=np.zeros(len(truth), bool))
    return _score_regions(truth, found, _boxes(truth), _boxes(found), iou_thr)


def _boxes(image: TextImage) -> Regions:
    regions = make_regions(image.polygons)
    whole = np.setdiff1d(np.arange(len(regions)), regions.malformed).tolist()
    polygons = list(image.polygons)
    if whole:
        corners, _ = min_area_rectangles([polygons[index].astype(np.float32) for index in whole], [0.0] * len(whole))
        for index, box in zip(whole, corners, strict=True):
            polygons[index] = box
    return replace(make_regions(polygons), malformed=regions.malformed, crossing=regions.crossing)


def _score_regions(truth: TextImage, found: TextImage, first: Regions, second: Regions,
                   iou_thr: float) -> ImageScore:
    comparison = compare_regions(first, truth.ignored, second, iou_thr)
    matches = match_in_order(comparison.pairs)
    matched = Tally(len(matches), len(matches), comparison.ground_truths, int(comparison.counted.sum()))
    return _image_score(truth, found, first, second, matched, truth.ignored, comparison.counted, *matches.T)


def _image_score(truth: TextImage, found: TextImage, first: Regions, second: Regions, tally: Tally, ignored: Flags,
                 counted: Flags, recalled: Indices, right: Indices) -> ImageScore:
    size = truth.size or found.size
    return ImageScore(tally, ignored, _flags(len(first), recalled), counted, _flags(len(second), right),
                      find_faults(first, size), find_faults(second, size))


def _flags(length: int, indices: Indices) -> Flags:
    flags = np.zeros(length, bool)
    flags[indices] = True
    return flags


def score_tiou(truth: TextImage, found: TextImage, iou_thr: float = IOU_THR) -> ImageScore:
    """TIoU credits for the matches of the IoU protocol, see :mod:`.tiou`."""
    first, second = make_regions(truth.polygons), make_regions(found.polygons)
    comparison = compare_regions(first, truth.ignored, second, iou_thr)
    matches = match_in_order(comparison.pairs)
    credit = tiou_tally(first, second, comparison, matches)
    return _image_score(truth, found, first, second, credit, truth.ignored, comparison.counted, *matches.T)


def score_deteval(truth: TextImage, found: TextImage, sigma_thr: float = SIGMA_THR,
                  tau_thr: float = TAU_THR) -> ImageScore:
    """Total-Text's DetEval, see :mod:`.deteval`."""
    first, second = make_regions(truth.polygons), make_regions(found.polygons)
    credit, recalled, right, counted = deteval(first, truth.ignored, second, sigma_thr, tau_thr)
    return _image_score(truth, found, first, second, credit, truth.ignored, counted, recalled, right)


def score_spotting(truth: TextImage, found: TextImage, iou_thr: float = IOU_THR,
                   words_only: bool = False, exact: bool = False) -> ImageScore:
    """Detection and transcription: matches of the IoU protocol count if they were read, see :mod:`.transcription`.

    A match that was not read still takes up its ground truth and its prediction.

    Args:
        truth: With transcriptions.
        found: With transcriptions.
        iou_thr: The IoU of a pair that fits is above it.
        words_only: Word spotting in place of end-to-end.
        exact: Letter case and every punctuation mark matter.

    Raises:
        ValueError: If there are no transcriptions.
    """
    if truth.texts is None or found.texts is None:
        raise ValueError(f'{(truth if truth.texts is None else found).name}: transcriptions are needed for text '
                         'spotting, and there are none')
    words = [spotted_word(text) for text in truth.texts] if words_only else truth.texts
    ignored = truth.ignored | np.array([word is None for word in words], bool)
    first, second = make_regions(truth.polygons), make_regions(found.polygons)
    comparison = compare_regions(first, ignored, second, iou_thr)
    matches = match_in_order(comparison.pairs)
    equal = str.__eq__ if exact else _same_word if words_only else reads
    same = [equal(words[i] or '', found.texts[j]) for i, j in matches] if found.texts else []
    read = matches[np.array(same, bool)]
    credit = Tally(len(read), len(read), comparison.ground_truths, int(comparison.counted.sum()))
    return _image_score(truth, found, first, second, credit, ignored, comparison.counted, *read.T)


def _same_word(truth: str, read: str) -> bool:
    return truth.upper() == read.upper()


_IOU = f'IoU > {IOU_THR}, predictions more than {IGNORE_THR} inside do-not-care text left out'
_BOXES = f'rotated boxes, {_IOU}'
PROTOCOLS: dict[str, Protocol] = {
    'icdar2015': Protocol(f'ICDAR 2015, quadrangles, {_IOU}', score_iou, points=4),
    'polygon': Protocol(f'polygons (Total-Text, CTW1500), {_IOU}', score_iou),
    'deteval': Protocol(f'DetEval of Total-Text, area recall {SIGMA_THR}, area precision {TAU_THR}', score_deteval),
    'deteval-0.8-0.4': Protocol('DetEval of Total-Text before 2019, area recall 0.8, area precision 0.4',
                                partial(score_deteval, sigma_thr=0.8, tau_thr=0.4)),
    'td500': Protocol(f'MSRA-TD500, difficult lines are do-not-care, {_BOXES}', score_td500),
    'td500-all': Protocol(f'MSRA-TD500, difficult lines count, {_BOXES}', partial(score_td500, count_difficult=True)),
    'mlt17': Protocol(f'ICDAR 2017 MLT, quadrangles in the order of scores, {_IOU}', score_iou, points=4,
                      by_score=True),
    'tiou': Protocol(f'TIoU, polygons, {_IOU}', score_tiou),
    'end-to-end': Protocol(f'end-to-end, {_IOU}', score_spotting, with_text=True),
    'end-to-end-exact': Protocol(f'end-to-end, every character as it is, {_IOU}', partial(score_spotting, exact=True),
                                 with_text=True),
    'word-spotting': Protocol(f'word spotting, {_IOU}', partial(score_spotting, words_only=True), with_text=True),
}
