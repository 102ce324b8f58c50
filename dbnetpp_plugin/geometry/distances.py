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
        # Seen from the middle of its window, all numbers that matter to a pixel are as small as the window.
        self._centre = windows.first + windows.size // 2
        self._set_edges(outlines, np.hypot(*windows.size.T) + units, units[outlines.owner])
        self._begin = (windows.first - self._centre).tolist()
        self._size = windows.size.tolist()
        self._edges = list(zip(outlines.first.tolist(), (outlines.first + outlines.edges).tolist(), strict=True))
        self._ramp = np.arange(-windows.size.max(initial=0), windows.size.max(initial=0) + 1, dtype=np.float32)
        self._set_near(outlines, windows, units)

    def __getitem__(self, polygon: int) -> NDArray[np.float32]:
        """Square of distance / unit where that is below 1, and numbers of 1 or more elsewhere, (h, w)."""
        (left, top), (width, height) = self._begin[polygon], self._size[polygon]
        zero = len(self._ramp) // 2
        x = self._ramp[zero + left:zero + left + width]
        y = self._ramp[zero + top:zero + top + height, None]
        first, last = self._edges[polygon]
        if not self._is_large[polygon]:
            return self._nearest(first, last, x, y)
        squares = np.ones((height, width), np.float32)
        for edge in range(first, last):
            rows, columns = self._near[edge]
            part = squares[rows, columns]
            np.minimum(part, self._nearest(edge, edge + 1, x[columns], y[rows]), out=part)
        return squares

    def _nearest(self, first: int, last: int, x: NDArray, y: NDArray) -> NDArray[np.float32]:
        edges = slice(first, last)
        coordinates = self._per_x[:, edges] * x + (self._per_y[:, edges] * y - self._middle[:, edges])
        along, across = coordinates  # along counts in half units: |a| - b + ||a| - b| is max(2|a| - 2b, 0)
        np.abs(along, out=along)
        along -= self._half_length[edges]
        along += np.abs(along)
        np.square(coordinates, out=coordinates)
        along += across
        return along[0] if len(along) == 1 else np.minimum.reduce(along, axis=0)

    def _set_edges(self, outlines: Outlines, reach: NDArray, unit: NDArray) -> None:
        """Coefficients of the coordinates along and across each edge, (2, M, 1, 1), and half lengths, (M, 1, 1)."""
        centre = self._centre[outlines.owner]
        right, down = (outlines.vector / outlines.length[:, None]).T
        (x, y), (end_x, end_y) = (outlines.start - centre).T, (outlines.end - centre).T
        # What an edge has beyond the reach of its window is cut off: numbers stay small, no distance changes.
        ends = [x * right + y * down, end_x * right + end_y * down, y * right - x * down]
        begin, end, across = np.clip(ends, -reach[outlines.owner], reach[outlines.owner])
        lines = np.array([[right / 2, down / 2, (begin + end) / 4], [-down, right, across]]) / unit
        self._per_x, self._per_y, self._middle = lines.astype(np.float32).transpose(1, 0, 2)[..., None, None]
        self._half_length = ((end - begin) / 4 / unit).astype(np.float32)[:, None, None]

    def _set_near(self, outlines: Outlines, windows: Windows, units: NDArray) -> None:
        """Part of its polygon's window that each edge is near to, and for which polygons that is worth the trouble."""
        limits = Windows(*(corner[outlines.owner] for corner in windows))
        unit = units[outlines.owner, None]
        least = np.minimum(outlines.start, outlines.end) - unit
        near = windows_around(least, np.maximum(outlines.start, outlines.end) + unit, limits)
        split = np.add.reduceat(near.pixels, outlines.first) + PIXELS_PER_CALL * (outlines.edges - 1)
        is_large = windows.pixels * outlines.edges > split
        self._is_large = is_large.tolist()
        self._near = Windows(near.first - limits.first, near.last - limits.first).slices() if is_large.any() else []
