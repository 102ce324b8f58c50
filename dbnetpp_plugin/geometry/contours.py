"""Text regions, as quads or polygons with scores, in a probability map (arXiv 1911.08947, section 3.5).

The map is binarised; each connected region is outlined, its outline simplified to A', and its score is the mean
probability inside. Kernels are smaller than their text, so the outline is grown by D' = A' r' / L'. The outlines are
those of MMOCR's ``DBPostprocessor`` to within a pixel, which grows them to polygons of whole pixels, except that here

- the smallest rectangle is that around the exact round shape, of which around such a polygon the angle may differ,
- a hole inside a region is no candidate (a hole in a word otherwise gives a second box inside the word's own),
- a region that closes to a ring while it grows is kept, not dropped,
- the smallest size holds for polygons as it does for quads,
- of more candidates than the limit, the largest are kept, and no more than the limit.

Letters in shapes: N regions, K corners of an outline.
"""

import heapq
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from .offset import grow, unclip_distance
from .rectangles import min_area_rectangles

TextShape = Literal['quad', 'poly']
Box = Sequence[int]  # x, y, width, height in whole pixels
MIN_CORNERS = 4  # what simplifies to a triangle is no text
# Most by which the chords that stand for a round corner of a grown outline leave its arc, in pixels of the map.
ARC_TOLERANCE = 0.25


class TextRegions(NamedTuple):
    """What was found in one map, in no particular order."""

    polygons: list[NDArray[np.float32]]
    """N arrays (K, 2), map pixels, clockwise on the screen (y down). A quad starts at its top left corner, the one with
    the smallest x + y. Not clipped: where text touches the border of the map, its grown outline reaches beyond."""
    scores: NDArray[np.float32]
    """(N,), in [0, 1]."""


class _Contour(NamedTuple):
    outline: NDArray  # (K, 1, 2) int32
    box: Box


class _Candidate(NamedTuple):
    outline: NDArray  # (K, 2) int32, simplified
    box: Box
    distance: float  # by which to grow the outline


def text_regions(
    probability: NDArray[np.floating],
    text_repr_type: TextShape = 'quad',
    *,
    mask_thr: float = 0.3,
    min_text_score: float = 0.3,
    min_text_width: float = 5,
    unclip_ratio: float = 1.5,
    epsilon_ratio: float = 0.01,
    max_candidates: int = 3000,
) -> TextRegions:
    """Find the text regions in one probability map. Arguments are named as in MMOCR's postprocessor.

    Args:
        probability: (H, W), text probability. It is not changed.
        text_repr_type: ``'quad'``: the rectangle of least area around each grown outline; ``'poly'``: the outline.
        mask_thr: Pixels above it are text.
        min_text_score: Regions whose mean probability is below it are dropped.
        min_text_width: Regions are dropped whose rectangle, once grown, has a side shorter than this many pixels.
        unclip_ratio: r' in the distance ``A' r' / L'`` by which an outline is grown.
        epsilon_ratio: Outlines are simplified to within this part of their length.
        max_candidates: Most regions to be simplified and scored; of more, those with the largest bounding boxes.

    Raises:
        ValueError: If the map is not two-dimensional or a region of it holds NaN, or ``text_repr_type`` is neither.
    """
    if text_repr_type not in get_args(TextShape):
        raise ValueError(f"text_repr_type is 'quad' or 'poly', got {text_repr_type!r}")
    pixels = np.asarray(probability, dtype=np.float32)
    if pixels.ndim != 2:
        raise ValueError(f'a probability map has the shape (H, W), got {pixels.shape}')
    contours = _largest(_contours(pixels, mask_thr, min_text_width, unclip_ratio), max_candidates)
    candidates = _large_enough(_simplified(contours, epsilon_ratio, unclip_ratio), min_text_width)
    scores = np.array([_mean_inside(pixels, candidate) for candidate in candidates], dtype=np.float64)
    if np.isnan(scores).any():
        raise ValueError('the probability map holds NaN: the weights or the input of the model are not finite')
    kept = np.flatnonzero(scores >= min_text_score)
    outlines, distances = [candidates[i].outline for i in kept], [candidates[i].distance for i in kept]
    if text_repr_type == 'quad':
        polygons = list(min_area_rectangles(outlines, distances)[0].astype(np.float32))
    else:
        polygons = [grow(outline, distance, ARC_TOLERANCE).astype(np.float32)
                    for outline, distance in zip(outlines, distances, strict=True)]
    return TextRegions(polygons, scores[kept].astype(np.float32))


def in_image(polygons: Sequence[NDArray[np.float32]], scale_factor: Sequence[float]) -> list[NDArray[np.float32]]:
    """Polygons of a map in pixels of the image that the map is of.

    Args:
        polygons: N arrays (K, 2).
        scale_factor: ``(width, height)`` of the map over those of the image.
    """
    if not polygons:
        return []
    points = np.concatenate(polygons) / np.asarray(scale_factor, np.float32)
    ends = np.cumsum([len(polygon) for polygon in polygons])
    return np.split(points, ends[:-1])


def _contours(pixels: NDArray[np.float32], threshold: float, min_size: float, unclip_ratio: float) -> list[_Contour]:
    """Outer contours of the regions above the threshold, except those that cannot become candidates.

    A region inside the hole of another has an outer contour too.

    A contour of extents w >= h has A <= w h and L >= 2 w, so it grows by no more than D = r' h / 2, and the short side
    of its rectangle is no longer than the root of (w + 2D) (h + 2D). This spares the noise of a map all further work.
    """
    if not pixels.size:
        return []
    mask = ~(pixels <= threshold)  # so that NaN is text, and shows in a score
    outlines, hierarchy = cv2.findContours(mask.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline, parent in zip(outlines, hierarchy[0, :, 3].tolist() if outlines else (), strict=True):
        if parent >= 0 or len(outline) < MIN_CORNERS:  # only holes have a parent
            continue
        box = cv2.boundingRect(outline)
        width, height = box[2] - 1, box[3] - 1  # between the centres of the outermost pixels
        growth = unclip_ratio * min(width, height)
        if (width + growth) * (height + growth) >= min_size * min_size:
            found.append(_Contour(outline, box))
    return found


def _largest(contours: list[_Contour], limit: int) -> list[_Contour]:
    if len(contours) <= limit:
        return contours
    return heapq.nlargest(limit, contours, key=lambda contour: contour.box[2] * contour.box[3])


def _simplified(contours: Sequence[_Contour], epsilon_ratio: float, unclip_ratio: float) -> list[_Candidate]:
    found = []
    for outline, box in contours:
        simple = cv2.approxPolyDP(outline, epsilon_ratio * cv2.arcLength(outline, True), True)
        if len(simple) >= MIN_CORNERS:
            distance = unclip_distance(cv2.contourArea(simple), cv2.arcLength(simple, True), unclip_ratio)
            found.append(_Candidate(simple[:, 0], box, distance))
    return found


def _large_enough(candidates: Sequence[_Candidate], min_size: float) -> list[_Candidate]:
    """Those whose rectangle, once grown, has no side shorter than ``min_size``."""
    narrow = [i for i, c in enumerate(candidates) if 2 * c.distance < min_size]  # a side is at least 2D in any case
    _, sides = min_area_rectangles([candidates[i].outline for i in narrow], [candidates[i].distance for i in narrow])
    too_small = {i for i, short in zip(narrow, sides.min(axis=1), strict=True) if short < min_size}
    return [c for i, c in enumerate(candidates) if i not in too_small]


def _mean_inside(pixels: NDArray[np.float32], candidate: _Candidate) -> float:
    """Mean probability inside a simplified outline, its border included."""
    x, y, width, height = candidate.box
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [candidate.outline], 1, offset=(-x, -y))
    return cv2.mean(pixels[y:y + height, x:x + width], mask)[0]  # type: ignore[index]
