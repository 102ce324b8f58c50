"""The order in which a person reads the words of a page: along lines, from top to bottom, column by column.

The page is turned level first, by the mean direction of its words. Then each word is linked to the one right of it, if
each is the other's nearest neighbour at about the same height; chains of such words are lines, also where lines rise or
bend. Text is in columns where running text on both sides leaves an upright strip free over several lines: what stands
in a table or a list of prices is read line by line.

Letters in shapes: N words.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.rectangles import min_area_rectangles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIN_OVERLAP = 0.5  # of the lower of two words' heights, for words on one line
# Of columns: least free strip and mean length of lines, in heights of the text; least number of lines; and how many
# times wider the strip is than spaces between words: in a table it is no wider.
GUTTER, COLUMN_WIDTH, COLUMN_LINES, GUTTER_TO_SPACE = 1.0, 8.0, 3, 2.0


class _Boxes(NamedTuple):
    """Extents (N,) of the words on the level page."""

    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    @property
    def middle(self) -> Floats:
        return (self.top + self.bottom) / 2


def reading_order(polygons: Sequence[NDArray]) -> list[int]:
    """Order of the words of a page that is read from left to right.

    Args:
        polygons: N arrays (K, 2) in pixels, of words or of lines. The page may be turned by up to 45 degrees.

    Returns:
        Their indices, first to last. Those without points, or with coordinates that are not finite, come last.
    """
    return [index for line in reading_lines(polygons) for index in line]


def reading_lines(polygons: Sequence[NDArray]) -> list[list[int]]:
    """Lines of a page, each from left to right, in the order of :func:`reading_order`.

    Args:
        polygons: As in :func:`reading_order`.

    Returns:
        The indices of the words of each line. Each of those that come last is a line of its own.
    """
    usable = [index for index, polygon in enumerate(polygons) if len(polygon) and np.isfinite(polygon).all()]
    rest = [[index] for index in sorted(set(range(len(polygons))) - set(usable))]
    if not usable:
        return rest
    points = [np.asarray(polygons[index], np.float64) for index in usable]
    boxes = _level(points, _skew(points))
    return [[usable[i] for i in line] for line in _blocks(boxes, np.arange(len(points)))] + rest


def _skew(points: Sequence[NDArray]) -> float:
    """Angle in radians, within 45 degrees, by which the page is turned clockwise; long words count most."""
    corners, sides = min_area_rectangles([p.astype(np.float32) for p in points], [0.0] * len(points))
    dx, dy = (corners[:, 1] - corners[:, 0]).T
    # Four times the angle is the same for the sides of a word and for words across the page.
    turns = np.exp(4j * np.arctan2(dy, dx)) * np.abs(sides[:, 0] - sides[:, 1])
    return math.atan2(turns.sum().imag, turns.sum().real) / 4


def _level(points: Sequence[NDArray], angle: float) -> _Boxes:
    cos, sin = math.cos(angle), math.sin(angle)
    level = [p @ np.array([[cos, -sin], [sin, cos]]) for p in points]
    return _Boxes(*np.array([[*p.min(axis=0), *p.max(axis=0)] for p in level]).T)


def _blocks(boxes: _Boxes, words: Ints) -> list[Ints]:
    """Lines of some of the words: of what is above columns, of each column, and of what is below."""
    lines = _lines(boxes, words)
    columns = _find_columns(boxes, lines)
    if columns is None:
        return lines
    first, last, middle = columns
    inside = np.concatenate(lines[first:last])
    is_left = boxes.right[inside] < middle
    parts = [lines[:first], [inside[is_left]], [inside[~is_left]], lines[last:]]
    return [line for part in parts if part for line in _blocks(boxes, np.sort(np.concatenate(part)))]


def _lines(boxes: _Boxes, words: Ints) -> list[Ints]:
    """Words of each line, from left to right, the lines from top to bottom."""
    left, top, right, bottom = (side[words] for side in boxes)
    centre = (left + right) / 2
    shared = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    is_level = shared >= MIN_OVERLAP * np.minimum((bottom - top)[:, None], bottom - top)
    # Of two words at the same place, one has to be the first.
    rank = np.empty(len(words), np.int64)
    rank[np.lexsort((top, centre))] = np.arange(len(words))
    distance = np.where(is_level & (rank[:, None] < rank), centre - centre[:, None], np.inf)
    following, before = distance.argmin(axis=1), distance.argmin(axis=0)
    follows = {i: j for i, j in enumerate(following.tolist()) if before[j] == i and distance[i, j] < np.inf}
    starts = sorted(set(range(len(words))) - set(follows.values()))
    chains = [_chain(start, follows) for start in starts]
    heights = [(float(boxes.middle[words[chain]].mean()), float(left[chain[0]])) for chain in chains]
    return [words[chains[i]] for i in sorted(range(len(chains)), key=heights.__getitem__)]


def _chain(start: int, follows: dict[int, int]) -> list[int]:
    chain = [start]
    while chain[-1] in follows:
        chain.append(follows[chain[-1]])
    return chain


def _find_columns(boxes: _Boxes, lines: Sequence[Ints]) -> tuple[int, int, float] | None:
    """First line, line after the last, and x between the columns, of the longest run of lines in two columns."""
    if len(lines) < COLUMN_LINES:
        return None
    words, line_of = np.concatenate(lines), np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    height = float(np.median((boxes.bottom - boxes.top)[words]))
    best: tuple[int, int, float] | None = None
    for x in np.unique(np.ceil(boxes.right[words] / height)) * height + GUTTER * height / 2:
        is_in_gutter = np.abs(np.clip(x, boxes.left[words], boxes.right[words]) - x) < GUTTER * height / 2
        blocked = np.bincount(line_of[is_in_gutter], minlength=len(lines)) > 0
        for first, last in _runs(~blocked):
            inside = words[(line_of >= first) & (line_of < last)]
            is_better = best is None or last - first > best[1] - best[0]
            if is_better and _are_columns(boxes, inside[boxes.right[inside] < x], inside[boxes.right[inside] >= x]):
                best = first, last, float(x)
    return best


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end of each run of true flags."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(steps > 0).tolist(), np.flatnonzero(steps < 0).tolist(), strict=True))


def _are_columns(boxes: _Boxes, *sides: Ints) -> bool:
    """Whether the words on both sides of a strip are running text: several lines, long, and not as sparse."""
    if min(map(len, sides)) < COLUMN_LINES:
        return False
    height = float(np.median((boxes.bottom - boxes.top)[np.concatenate(sides)]))
    widths = [boxes.right[side].max() - boxes.left[side].min() for side in sides]
    if min(widths) < COLUMN_WIDTH * height:  # which is known sooner than the lines are
        return False
    strip = boxes.left[sides[1]].min() - boxes.right[sides[0]].max()
    return all(_is_running_text(boxes, _lines(boxes, side), height, strip / GUTTER_TO_SPACE) for side in sides)


def _is_running_text(boxes: _Boxes, lines: Sequence[Ints], height: float, max_space: float) -> bool:
    lengths = [boxes.right[line[-1]] - boxes.left[line[0]] for line in lines]
    spaces = np.concatenate([boxes.left[line[1:]] - boxes.right[line[:-1]] for line in lines])
    return bool(len(lines) >= COLUMN_LINES and np.mean(lengths) >= COLUMN_WIDTH * height
                and (not len(spaces) or np.median(spaces) <= max_space))
