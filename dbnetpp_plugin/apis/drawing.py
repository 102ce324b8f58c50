"""Drawing detected text into an image."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

GREEN = (60, 230, 60)  # BGR
BLACK = (0, 0, 0)
FONT = cv2.FONT_HERSHEY_SIMPLEX
SUBPIXEL_BITS = 4
# Sizes in pixels at a short side of 1000; they grow and shrink with the image, down to what can be read.
LINE_WIDTH, MIN_LINE_WIDTH = 2.5, 1
FONT_HEIGHT, MIN_FONT_HEIGHT = 15, 9


def draw_text_regions(image: NDArray[np.uint8], polygons: Sequence[NDArray],
                      scores: Sequence[float] | NDArray | None = None,
                      color: tuple[int, int, int] = GREEN) -> NDArray[np.uint8]:
    """Draw outlines, and scores above them, into a copy of an image.

    Args:
        image: (H, W, 3), BGR.
        polygons: N arrays (K, 2) in pixels of the image.
        scores: N numbers, written as per cent; None writes nothing.
        color: BGR, of the lines.

    Returns:
        A new image of the same size.

    Raises:
        ValueError: If there are not as many scores as polygons.
    """
    if scores is not None and len(scores) != len(polygons):
        raise ValueError(f'each polygon needs one score, got {len(scores)} scores for {len(polygons)} polygons')
    canvas = np.ascontiguousarray(image).copy()
    zoom = min(image.shape[:2]) / 1000
    outlines = [np.rint(np.asarray(p, np.float64) * 2**SUBPIXEL_BITS).astype(np.int32) for p in polygons]
    width = max(MIN_LINE_WIDTH, round(LINE_WIDTH * zoom))
    # A dark rim keeps the lines visible on a ground of their own colour.
    for line_color, line_width in ((BLACK, width + 2), (color, width)):
        cv2.polylines(canvas, outlines, True, line_color, line_width, cv2.LINE_AA, SUBPIXEL_BITS)
    for polygon, score in zip(polygons, scores if scores is not None else (), strict=False):
        _label(canvas, f'{score:.0%}', polygon, max(MIN_FONT_HEIGHT, FONT_HEIGHT * zoom), color)
    return canvas


def _label(canvas: NDArray[np.uint8], text: str, polygon: NDArray, height: float, color: tuple[int, int, int]) -> None:
    """Write above the highest point of the polygon, or as near to it as the image allows."""
    scale = cv2.getFontScaleFromHeight(FONT, round(height))
    thickness = max(1, round(height / 12))
    (text_width, text_height), baseline = cv2.getTextSize(text, FONT, scale, thickness)
    box_width, box_height = text_width + 4, text_height + baseline
    x, y = polygon[np.argmin(polygon[:, 1])]
    left = int(np.clip(x, 0, max(0, canvas.shape[1] - box_width)))
    top = int(np.clip(y - box_height - 2, 0, max(0, canvas.shape[0] - box_height)))
    cv2.rectangle(canvas, (left, top), (left + box_width, top + box_height), color, cv2.FILLED)
    cv2.putText(canvas, text, (left + 2, top + text_height + baseline // 2), FONT, scale, BLACK, thickness, cv2.LINE_AA)
