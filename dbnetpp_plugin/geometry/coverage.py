"""Which pixels polygons cover.

Legend: N polygons; h, w rows and columns of a polygon's window.
"""

import numpy as np
from numpy.typing import NDArray

from .outlines import Indices, Outlines, Windows


class Coverage:
    """Which pixels of its window each polygon covers, exactly: even-odd rule, on pixel centres.

    Rows are cut where an edge crosses them. The cuts of all polygons, sorted along the pixels of all windows, are the
    lengths of runs alternately outside and inside.

    Args:
        outlines: The polygons.
        windows: N windows; what a polygon covers outside its own is not looked at.
    """

    def __init__(self, outlines: Outlines, windows: Windows) -> None:
        ends = windows.pixels.cumsum()
        cuts, owner = _cuts(outlines, windows)
        borders = np.concatenate([cuts, [0], ends])
        borders.sort()
        self._runs = borders[1:] - borders[:-1]
        counts = np.bincount(owner, minlength=len(ends)) + 1
        self._last = [0, *counts.cumsum().tolist()]
        self._inside = np.arange(counts.max()) % 2 == 1
        self._size = windows.size.tolist()

    def __getitem__(self, polygon: int) -> NDArray[np.bool_]:
        """Whether each pixel of the polygon's window is inside, (h, w)."""
        first, last = self._last[polygon], self._last[polygon + 1]
        width, height = self._size[polygon]
        return np.repeat(self._inside[:last - first], self._runs[first:last]).reshape(height, width)


def _cuts(outlines: Outlines, windows: Windows) -> tuple[Indices, Indices]:
    """Where outlines cross rows: the pixel right of it, counted along all windows, and the polygon it belongs to."""
    owner, (x0, y0), (dx, dy) = outlines.owner, outlines.start.T, outlines.vector.T
    (left, first), (right, last) = windows.first[owner].T, windows.last[owner].T
    y1 = outlines.end[:, 1]
    top, bottom = (
        np.minimum(np.maximum(np.ceil(y), first), last).astype(np.int64) for y in (np.minimum(y0, y1), np.maximum(y0, y1))
    )
    rows = bottom - top
    edge = np.arange(len(rows)).repeat(rows)
    row = np.arange(len(edge)) + (top + rows - rows.cumsum())[edge]
    along = (row - y0[edge]) / dy[edge]  # from 0 to 1, so that nothing can overflow
    column = np.minimum(np.maximum(np.ceil(x0[edge] + along * dx[edge]), left[edge]), right[edge]).astype(np.int64)
    pixels = windows.pixels
    origin = (pixels.cumsum() - pixels)[owner] - left - first * (right - left)
    return origin[edge] + row * (right - left)[edge] + column, owner[edge]
