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
        return np.repeat(self._inside[: last - first], self._runs[first:last]).reshape(height, width)


def _cuts(outlines: Outlines, windows: Windows) -> tuple[Indices, Indices]:
    """Where outlines cross rows: the next pixel to the right, counted along all windows, and the polygon's index."""
    owner, y = outlines.owner, np.ceil([outlines.start[:, 1], outlines.end[:, 1]])
    first, last = windows.first[owner], windows.last[owner]
    y.sort(axis=0)
    top, bottom = np.minimum(np.maximum(y, first[:, 1]), last[:, 1]).astype(np.int64)
    rows = bottom - top
    edge = np.arange(len(rows)).repeat(rows)
    row = np.arange(len(edge)) + (top + rows - rows.cumsum())[edge]
    (x0, y0), (dx, dy) = outlines.start[edge].T, outlines.vector[edge].T
    (left, above), (right, _) = first[edge].T, last[edge].T
    along = (row - y0) / dy  # from 0 to 1, so that nothing can overflow
    column = np.minimum(np.maximum(np.ceil(x0 + along * dx), left), right).astype(np.int64)
    before = windows.pixels.cumsum() - windows.pixels
    owner = owner[edge]
    return before[owner] + (row - above) * (right - left) + column - left, owner
