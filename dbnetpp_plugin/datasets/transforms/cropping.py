"""Where to crop an image of text, and where the crop comes to lie in the output.

The crop follows ``RandomCropData`` of the official code (https://github.com/MhLiao/DB): its four sides run between
words, not through them. A window is ``(left, top, right, bottom)`` in whole pixels, right and bottom excluded: line k
runs between the pixels k - 1 and k, at the coordinate k - 0.5.
"""
# ruff: noqa: NPY002 - MMEngine seeds NumPy's global generator in each worker, and no other.

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.polygons import area

from . import affine
from .affine import Matrix, Points, Size

Window = tuple[int, int, int, int]
Gap = tuple[int, int]
Rectangle = tuple[float, float, float, float]


class Placement(NamedTuple):
    """Where an image goes in the output."""

    matrix: Matrix
    """From image to output."""
    magnification: float
    """Output pixels per image pixel, along each axis."""
    rectangle: Rectangle
    """The window in the output: ``x0, y0, x1, y1``, at the outer edges of its pixels."""
    content: Size
    """Width and height of the window in the output, in whole pixels."""
    valid_polygon: Points
    """(K, 2), outline of what the window shows of the image; no points if it shows nothing."""
    valid_fraction: float
    """How much of the window that is, by area."""


def draw_window(size: Size, boxes: NDArray[np.float64], *, min_side_ratio: float, max_tries: int) -> Window:
    """Draw a random window that shows at least one word, and each word wholly or not at all.

    Along each axis two gaps between words are drawn, and a line in each. This is repeated until the window is large
    enough and shows a word.

    Args:
        size: Width and height of the image.
        boxes: ``x0, y0, x1, y1`` of each word, (N, 4), in pixels; parts outside the image do not count. Without words
            the window may be anywhere.
        min_side_ratio: Least width of the window, relative to the image; the same for the height.
        max_tries: How often to draw before the whole image is taken.
    """
    gaps = [gaps_between(boxes[:, axis], boxes[:, axis + 2], size[axis]) for axis in (0, 1)]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    for _ in range(max_tries):
        (left, right), (top, bottom) = (_draw_span(axis_gaps) for axis_gaps in gaps)
        if right - left < max(1, min_side_ratio * size[0]) or bottom - top < max(1, min_side_ratio * size[1]):
            continue
        # No word is cut, so a word whose centre is inside is inside.
        inside = (centres > (left - 0.5, top - 0.5)) & (centres < (right - 0.5, bottom - 0.5))
        if len(boxes) == 0 or inside.all(axis=1).any():
            return left, top, right, bottom
    return 0, 0, size[0], size[1]


def grown_window(window: Window, size: Size, output: Size) -> Window:
    """The window with its surroundings, as far as there is room for them in the output beside it.

    Fitted into the output, it is magnified as much as the window alone, and less is left to be padded. It has the
    window in its middle, unless the image ends there, and may cut through words.

    Args:
        window: Inside the image.
        size: Width and height of the image.
        output: Size that the window will be fitted into.
    """
    starts, sides = np.array(window[:2]), np.array(window[2:]) - window[:2]
    zoom = min(output[0] / sides[0], output[1] / sides[1])
    # Rounded down, so that the longer side still decides on the magnification.
    grown = np.clip(np.floor(np.array(output) / zoom).astype(int), sides, size)
    left, top = np.clip(starts - (grown - sides) // 2, 0, np.array(size) - grown).tolist()
    return left, top, left + int(grown[0]), top + int(grown[1])


def gaps_between(starts: NDArray[np.float64], ends: NDArray[np.float64], length: int) -> list[Gap]:
    """Runs ``(first, last)`` of the lines 0 ... length that cross no interval; lines 0 and length always count as free.

    Args:
        starts: Where each interval begins, in pixels.
        ends: Where it ends.
        length: Number of pixels along the axis.
    """
    first_lines = np.clip(np.floor(starts + 0.5), 0, length).astype(int)
    last_lines = np.clip(np.ceil(ends + 0.5), 0, length).astype(int)
    gaps, free_from = [], 0
    for first, last in sorted(zip(first_lines.tolist(), last_lines.tolist(), strict=True)):
        if last - first < 2:  # no line runs through it, or it lies outside the image
            continue
        if first >= free_from:
            gaps.append((free_from, first))
        free_from = max(free_from, last)
    return [*gaps, (free_from, length)]


def place(size: Size, canvas: Matrix, window: Window, output: Size) -> Placement:
    """Fit a window of the canvas into the top left of the output.

    Args:
        size: Of the image, and of the canvas.
        canvas: From image to canvas.
        window: The part of the canvas to be shown.
        output: Size of the output.
    """
    left, top, right, bottom = window
    zoom = min(output[0] / (right - left), output[1] / (bottom - top))
    width, height = (right - left) * zoom, (bottom - top) * zoom
    matrix = affine.compose(canvas, affine.shift(-left, -top), affine.resize(zoom, zoom))
    rectangle = (-0.5, -0.5, width - 0.5, height - 0.5)
    valid_polygon = clip_convex(affine.transform_points(affine.outline(size), matrix), rectangle)
    return Placement(
        matrix=matrix,
        rectangle=rectangle,
        # A pixel belongs to the window if its centre does.
        content=(min(output[0], max(1, int(width + 0.5))), min(output[1], max(1, int(height + 0.5)))),
        magnification=float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))),
        valid_polygon=valid_polygon,
        valid_fraction=area(valid_polygon) / (width * height) if len(valid_polygon) else 0.0)


def clip_convex(points: Points, rectangle: Rectangle) -> Points:
    """The part of a convex polygon inside a rectangle ``(x0, y0, x1, y1)``; no points if there is none.

    The polygon is cut along one side after the other (Sutherland and Hodgman), which takes a tenth of the time that
    clipping of any polygon takes.
    """
    corners = points.tolist()
    for side, bound in enumerate(rectangle):
        corners = _cut(corners, side % 2, bound, 1 if side < 2 else -1)
    return np.array(corners).reshape(-1, 2)


def _cut(corners: list[list[float]], axis: int, bound: float, sign: int) -> list[list[float]]:
    """What lies above the bound along an axis, or with sign -1 below it."""
    kept = []
    for before, corner in zip(corners[-1:] + corners[:-1], corners, strict=True):
        depth_before, depth = sign * (before[axis] - bound), sign * (corner[axis] - bound)
        if depth_before * depth < 0:
            weight = depth_before / (depth_before - depth)
            kept.append([a + weight * (b - a) for a, b in zip(before, corner, strict=True)])
        if depth >= 0:
            kept.append(corner)
    return kept


def _draw_span(gaps: list[Gap]) -> tuple[int, int]:
    """Two lines in order, each in a gap drawn at random: narrow gaps are as likely as wide ones."""
    drawn = [gaps[index] for index in np.random.randint(len(gaps), size=2)]
    line, other = (np.random.randint(first, last + 1) for first, last in drawn)
    return min(line, other), max(line, other)
