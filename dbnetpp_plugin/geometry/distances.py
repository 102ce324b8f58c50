"""How far pixels are from the outline of a polygon.

Legend: N polygons; M edges of all of them, E of one; h, w rows and columns of a polygon's window.
"""

import numpy as np
from numpy.typing import NDArray

from .outlines import Outlines, Windows, windows_around

# The distances from one more edge take as long to begin with as this many take to compute.
PIXELS_PER_CALL = 12_000


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
        near = self._near(polygon) if width * height * count > PIXELS_PER_CALL * count else None
        if near is None:
            return self._nearest(slice(first, first + count), x, y)
        squares = np.ones((height, width), np.float32)
        for edge, (rows, columns) in enumerate(near, first):
            part = squares[rows, columns]
            np.minimum(part, self._nearest(slice(edge, edge + 1), x[columns], y[rows]), out=part)
        return squares

    def _near(self, polygon: int) -> list[tuple[slice, slice]] | None:
        """Part of the polygon's window that each edge is near to, if it takes less time to go through those."""
        first, count = self._edges[polygon]
        start, end = self._outlines.start[first : first + count], self._outlines.end[first : first + count]
        limits, unit = Windows(self._windows.first[polygon], self._windows.last[polygon]), self._units[polygon]
        near = windows_around(np.minimum(start, end) - unit, np.maximum(start, end) + unit, limits)
        all_at_once = count * int(limits.pixels)
        if near.pixels.sum() + PIXELS_PER_CALL * (count - 1) >= all_at_once:
            return None
        return Windows(near.first - limits.first, near.last - limits.first).slices()

    def _nearest(self, edges: slice, x: NDArray, y: NDArray) -> NDArray[np.float32]:
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
        right = np.where(has_length, right, 1)  # any direction does for an edge without a length, but none does not
        (x, y), (end_x, end_y) = (outlines.start - centre[owner]).T, (outlines.end - centre[owner]).T
        # What an edge has beyond the reach of its window is cut off: numbers stay small, no distance changes.
        ends = np.array([x * right + y * down, end_x * right + end_y * down, y * right - x * down])
        begin, end, across = np.minimum(np.maximum(ends, -reach[owner]), reach[owner])
        lines = np.array([[right / 2, down / 2, (begin + end) / 4], [-down, right, across]]) / self._units[owner]
        self._per_x, self._per_y, self._middle = lines.astype(np.float32).transpose(1, 0, 2)[..., None, None]
        self._half_length = ((end - begin) / 4 / self._units[owner]).astype(np.float32)[:, None, None]
