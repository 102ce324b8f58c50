"""How far pixels are from the outline of a polygon.

Legend: N polygons; M edges of all of them, E of one; h, w rows and columns of a polygon's window.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .outlines import Outlines, Windows, windows_around

# Starting on another group of edges takes as long as computing this many distances.
PIXELS_PER_CALL = 12_000
# With fewer distances than this, looking where each edge is near takes longer than it saves.
PIXELS_TO_SPLIT = 50_000

Box = Sequence[int]  # left, top, right, bottom


class Distances:
    """Squared distances from the pixels of a window to the nearest edge of its polygon.

    Each polygon has a unit of length, and only distances below it are of interest. They are exact but for the rounding
    of float32: about one part in 10^7 of the window's longer side.

    With t and n the coordinates of a pixel along and across an edge, seen from the middle of the edge, its squared
    distance is ``max(|t| - length / 2, 0)^2 + n^2``. Both are sums of a term in x and a term in y.

    Args:
        outlines: The polygons.
        windows: N windows.
        units: Unit of length of each polygon, in pixels, above 0.
    """

    def __init__(self, outlines: Outlines, windows: Windows, units: NDArray[np.float64]) -> None:
        self._outlines, self._windows, self._units = outlines, windows, units
        size = windows.size
        # Seen from the middle of its window, all numbers that matter to a pixel are as small as the window.
        centre = windows.first + size // 2
        self._set_edges(centre, np.hypot(*size.T) + units)
        self._begin, self._size = (windows.first - centre).tolist(), size.tolist()
        self._edges = list(zip(outlines.first.tolist(), outlines.edges.tolist(), strict=True))
        self._zero = size.max(initial=0)
        self._ramp = np.arange(-self._zero, self._zero + 1, dtype=np.float32)

    def __getitem__(self, polygon: int) -> NDArray[np.float32]:
        """Square of distance / unit where that is below 1, and numbers of 1 or more elsewhere, (h, w)."""
        (left, top), (width, height) = self._begin[polygon], self._size[polygon]
        x = self._ramp[self._zero + left :][:width]
        y = self._ramp[self._zero + top :][:height, None]
        first, count = self._edges[polygon]
        if width * height * count < PIXELS_TO_SPLIT:
            return self._nearest(slice(first, first + count), x, y)
        squares = np.ones((height, width), np.float32)
        for begin, end, (near_left, near_top, near_right, near_bottom) in join(self._near(polygon)):
            rows, columns = slice(near_top, near_bottom), slice(near_left, near_right)
            part = squares[rows, columns]
            np.minimum(part, self._nearest(slice(first + begin, first + end), x[columns], y[rows]), out=part)
        return squares

    def _near(self, polygon: int) -> list[Box]:
        """Part of the polygon's window that each of its edges is near to."""
        first, count = self._edges[polygon]
        start, end = self._outlines.start[first : first + count], self._outlines.end[first : first + count]
        limits, unit = Windows(self._windows.first[polygon], self._windows.last[polygon]), self._units[polygon]
        near = windows_around(np.minimum(start, end) - unit, np.maximum(start, end) + unit, limits)
        return np.concatenate([near.first - limits.first, near.last - limits.first], axis=1).tolist()

    def _nearest(self, edges: slice, x: NDArray, y: NDArray) -> NDArray[np.float32]:
        """Squared distances of the pixels at ``x``, (w,), and ``y``, (h, 1), to the nearest of some edges, (h, w)."""
        coordinates = self._per_x[:, edges] * x + (self._per_y[:, edges] * y - self._middle[:, edges])
        along, across = coordinates  # along counts in half units: |a| - b + ||a| - b| is max(2|a| - 2b, 0)
        np.abs(along, out=along)
        along -= self._half_length[edges]
        along += np.abs(along)
        np.square(coordinates, out=coordinates)
        along += across
        return along[0] if len(along) == 1 else np.minimum.reduce(along, axis=0)

    def _set_edges(self, centre: NDArray, reach: NDArray) -> None:
        """Coefficients of the coordinates along and across each edge, (2, M, 1, 1), and half lengths, (M, 1, 1)."""
        outlines, owner = self._outlines, self._outlines.owner
        has_length = outlines.length > 0
        right, down = (outlines.vector / np.where(has_length, outlines.length, 1)[:, None]).T
        right = np.where(has_length, right, 1)  # without a length any direction will do
        (x, y), (end_x, end_y) = (outlines.start - centre[owner]).T, (outlines.end - centre[owner]).T
        # What an edge has beyond the reach of its window is cut off: numbers stay small, no distance changes.
        ends = np.array([x * right + y * down, end_x * right + end_y * down, y * right - x * down])
        begin, end, across = np.minimum(np.maximum(ends, -reach[owner]), reach[owner])
        lines = np.array([[right / 2, down / 2, (begin + end) / 4], [-down, right, across]]) / self._units[owner]
        self._per_x, self._per_y, self._middle = lines.astype(np.float32).transpose(1, 0, 2)[..., None, None]
        self._half_length = ((end - begin) / 4 / self._units[owner]).astype(np.float32)[:, None, None]


def join(boxes: Sequence[Box]) -> list[tuple[int, int, Box]]:
    """Join boxes with the ones after them where the box around them saves more calls than it adds pixels.

    Returns:
        First and one-past-last index of the boxes joined, and the box around them.
    """
    joined: list[tuple[int, int, Box]] = []
    for index, box in enumerate(boxes):
        begin, around = index, box
        if joined:
            previous, end, other = joined[-1]
            both = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
            apart = _pixels(box) + PIXELS_PER_CALL + (end - previous) * _pixels(other)
            if (index + 1 - previous) * _pixels(both) <= apart:
                joined.pop()
                begin, around = previous, both
        joined.append((begin, index + 1, around))
    return joined


def _pixels(box: Box) -> int:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)
