"""A picture that is painted layer by layer."""

import cv2
import numpy as np

from .warps import PageBox

Colour = np.ndarray  # (3,) float, B G R from 0 to 255


class Picture:
    """Pixels of its own to paint on: each layer touches only the rectangle it covers.

    Args:
        image: What is there at first, (H, W, 3) uint8 BGR; it is copied.
    """

    def __init__(self, image: np.ndarray) -> None:
        self._pixels = np.array(image, np.uint8, order='C')

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._pixels.shape[1], self._pixels.shape[0]

    @property
    def box(self) -> PageBox:
        """The whole picture."""
        return 0, 0, *self.size

    @property
    def pixels(self) -> np.ndarray:
        """What it looks like, (H, W, 3) uint8 BGR; a view that must not be written to."""
        view = self._pixels.view()
        view.flags.writeable = False
        return view

    def part(self, box: PageBox) -> np.ndarray:
        """What a rectangle looks like; a view that must not be written to."""
        x0, y0, x1, y1 = box
        return self.pixels[y0:y1, x0:x1]

    def lay_over(self, colour: Colour | np.ndarray, cover: np.ndarray, box: PageBox) -> None:
        """Lay a colour over a rectangle.

        Args:
            colour: One colour, or a picture (h, w, 3) uint8 of the rectangle's size.
            cover: How much the colour covers, (h, w), 0 to 1.
            box: The rectangle, inside the picture.
        """
        part = np.ascontiguousarray(self.part(box))
        layer = colour if colour.ndim == 3 else np.empty_like(part)
        if colour.ndim == 1:
            layer[:] = np.rint(colour).astype(np.uint8)
        weight = cover.astype(np.float32, copy=False)
        x0, y0, x1, y1 = box
        self._pixels[y0:y1, x0:x1] = cv2.blendLinear(part, layer, 1 - weight, weight)
