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
        self._size = windows.size.tolist()
        self._runs = np.diff(np.sort(np.concatenate([cuts, [0], ends])))
        last = (np.bincount(owner, minlength=len(ends)) + 1).cumsum()
        self._last = [0, *last.tolist()]
        self._inside = np.arange(int(np.diff(self._last).max())) % 2 == 1

    def __getitem__(self, polygon: int) -> NDArray[np.bool_]:
        """Whether each pixel of the polygon's window is inside, (h, w)."""
        first, last = self._last[polygon], self._last[polygon + 1]
        width, height = self._size[polygon]
        return np.repeat(self._inside[:last - first], self._runs[first:last]).reshape(height, width)


def _cuts(outlines: Outlines, windows: Windows) -> tuple[Indices, Indices]:
    """Where outlines cross rows: the pixel right of it, counted along all windows, and the polygon it belongs to."""
    y = np.sort(np.stack([outlines.start[:, 1], outlines.end[:, 1]]), axis=0)
    least, greatest = (corner[outlines.owner] for corner in windows)
    top, bottom = np.clip(np.ceil(y), least[:, 1], greatest[:, 1]).astype(np.int64)
    rows = bottom - top
    edge = np.repeat(np.arange(len(rows)), rows)
    row = np.arange(len(edge)) - (rows.cumsum() - rows - top)[edge]
    along = (row - outlines.start[edge, 1]) / outlines.vector[edge, 1]  # from 0 to 1, so that nothing can overflow
    x = outlines.start[edge, 0] + along * outlines.vector[edge, 0]
    column = np.clip(np.ceil(x), least[edge, 0], greatest[edge, 0]).astype(np.int64)
    owner = outlines.owner[edge]
    origin = windows.pixels.cumsum() - windows.pixels - windows.first[:, 1] * windows.size[:, 0] - windows.first[:, 0]
    return origin[owner] + row * windows.size[owner, 0] + column, owner
