"""The words of an image on their way through the augmentation: reading, looking through the crop, writing back."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.polygons import area, as_points, clip_to_rectangle, repair

Points = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]

# Pixels. A crop line may run exactly along a word; rounding in the matrices must not make a cut of that.
_TOLERANCE = 1e-6


class Words(NamedTuple):
    """Polygons as one array, so that a matrix is applied to all at once."""

    points: Points
    """(S, 2), the vertices of one polygon after those of another."""
    starts: NDArray[np.int64]
    """(N + 1,): polygon n is ``points[starts[n]:starts[n + 1]]``."""

    def polygons(self) -> list[Points]:
        """Each polygon, as a view."""
        return [self.points[start:end] for start, end in zip(self.starts, self.starts[1:], strict=False)]

    def boxes(self) -> NDArray[np.float64]:
        """``x0, y0, x1, y1`` around each polygon, (N, 4)."""
        if len(self.starts) == 1:
            return np.empty((0, 4))
        extremes = [extreme.reduceat(self.points, self.starts[:-1]) for extreme in (np.minimum, np.maximum)]
        return np.hstack(extremes)


class VisibleText(NamedTuple):
    """What a window shows of the words of an image; the three lists belong together."""

    polygons: list[Points]
    sources: list[int]
    """Which word each polygon is, or is a part of."""
    ignored: list[bool]


def read_words(results: dict[str, Any]) -> Words:
    """Polygons of an image, checked.

    Raises:
        ValueError: If they are missing, are not as many as the flags in ``gt_ignored``, or one is not a polygon.
    """
    path = results.get('img_path')
    if 'gt_polygons' not in results or 'gt_ignored' not in results:
        raise ValueError(f'{path}: DBTextAugment needs gt_polygons and gt_ignored, from LoadOCRAnnotations with '
                         'with_polygon=True')
    polygons, ignored = results['gt_polygons'], results['gt_ignored']
    if len(polygons) != len(ignored):
        raise ValueError(f'{path}: gt_polygons has {len(polygons)} entries, but gt_ignored has {len(ignored)}')
    points: list[Points] = [np.empty((0, 2))]
    for index, polygon in enumerate(polygons):
        try:
            points.append(as_points(polygon))
        except ValueError as error:
            raise ValueError(f'{path}: polygon {index}: {error}') from error
    return Words(np.concatenate(points), np.cumsum([len(polygon) for polygon in points]))


def look_through(rectangle: Rectangle, polygons: Sequence[Points], ignored: Sequence[bool],
                 keep_visible: float) -> VisibleText:
    """Find what is visible of each word, and whether it is still text to be trained on.

    A word wholly inside the rectangle stays as it is, and one wholly outside is left out. Any other is clipped, into
    several polygons where the border cuts a curved word in parts; if less than ``keep_visible`` of its area is
    visible, all of them are ignored.

    Args:
        rectangle: ``(x0, y0, x1, y1)``.
        polygons: The words, each (K, 2).
        ignored: Whether each is ignored already.
        keep_visible: Least visible part of the area, in [0, 1], of a word that is trained on.
    """
    seen = VisibleText([], [], [])
    for source, (polygon, is_ignored) in enumerate(zip(polygons, ignored, strict=True)):
        parts, fraction = _visible_parts(polygon, rectangle)
        seen.polygons.extend(parts)
        seen.sources.extend([source] * len(parts))
        seen.ignored.extend([bool(is_ignored or fraction < keep_visible)] * len(parts))
    return seen


def annotations(results: dict[str, Any], seen: VisibleText) -> dict[str, Any]:
    """Annotations of the output, one entry a visible polygon."""
    boxes = [np.concatenate([polygon.min(axis=0), polygon.max(axis=0)]) for polygon in seen.polygons]
    output = {
        'gt_polygons': [polygon.astype(np.float32).ravel() for polygon in seen.polygons],
        'gt_ignored': np.array(seen.ignored, dtype=bool),
        'gt_bboxes': np.array(boxes, dtype=np.float32).reshape(-1, 4),
    }
    if 'gt_bboxes_labels' in results:
        output['gt_bboxes_labels'] = np.asarray(results['gt_bboxes_labels'])[np.array(seen.sources, dtype=int)]
    if 'gt_texts' in results:
        output['gt_texts'] = [results['gt_texts'][source] for source in seen.sources]
    return output


def _visible_parts(polygon: Points, rectangle: Rectangle) -> tuple[list[Points], float]:
    (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
    x0, y0, x1, y1 = rectangle
    if (x0 - left < _TOLERANCE and right - x1 < _TOLERANCE
            and y0 - top < _TOLERANCE and bottom - y1 < _TOLERANCE):
        return [polygon], 1.0
    if right <= x0 or left >= x1 or bottom <= y0 or top >= y1:
        return [], 0.0
    parts = clip_to_rectangle(polygon, rectangle)
    if not parts:
        return [], 0.0
    return parts, sum(map(area, parts)) / sum(map(area, repair(polygon)))
