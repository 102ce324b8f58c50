"""Drawing text that was found, and what it says, into an image."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.images.sources import bgr_of_array

from .fonts import lettering

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom

GREEN = (60, 230, 60)  # BGR
BLACK = (0, 0, 0)
SUBPIXEL_BITS = 4
# Sizes in pixels at a short side of 1000; they grow and shrink with the image, down to what can be read.
LINE_WIDTH, MIN_LINE_WIDTH = 2.5, 1
FONT_HEIGHT, MIN_FONT_HEIGHT = 22, 13
MARGIN = 2  # pixels, left and right of a text, and of a score
HIDDEN = 0.15  # of its area, below which what a label hides counts as nothing
GAP = 2  # pixels, between a label and the outline


def draw_text_regions(image: Image, polygons: Sequence[NDArray], scores: Sequence[float] | NDArray | None = None,
                      color: tuple[int, int, int] = GREEN, *, texts: Sequence[str] | None = None,
                      font: str | Path | None = None) -> Image:
    """Draw outlines, and labels beside them, into a copy of an image.

    A label stands above its outline, or where it hides less, below or beside it.

    Args:
        image: uint8, (H, W, 3) as BGR, (H, W) or (H, W, 4) as BGRA.
        polygons: N arrays (K, 2) in pixels of the image.
        scores: N numbers, written as per cent; None writes nothing.
        color: BGR, of the lines.
        texts: N texts to write, in any script; None writes nothing.
        font: To write the texts with, as far as it has their characters. For others, fonts of the system are searched.

    Returns:
        A new image of the same size, (H, W, 3), BGR.

    Raises:
        OSError: If the font is not there, or not a font.
        ValueError: If it is not an image, or there are not as many scores, or texts, as polygons.
    """
    for name, values in (('score', scores), ('text', texts)):
        if values is not None and len(values) != len(polygons):
            raise ValueError(f'each polygon needs one {name}, got {len(values)} {name}s for {len(polygons)} polygons')
    canvas = np.ascontiguousarray(bgr_of_array(np.asarray(image))).copy()
    zoom = min(canvas.shape[:2]) / 1000
    points = [np.asarray(polygon, np.float64).reshape(-1, 2) for polygon in polygons]
    _draw_outlines(canvas, points, max(MIN_LINE_WIDTH, round(LINE_WIDTH * zoom)), color)
    _draw_labels(canvas, points, _labels(len(points), texts, scores), max(MIN_FONT_HEIGHT, FONT_HEIGHT * zoom), color,
                 None if font is None else Path(font))
    return canvas


def _labels(count: int, texts: Sequence[str] | None, scores: Sequence[float] | NDArray | None) -> list[list[str]]:
    """Parts of each label. They are written one by one: a score is no part of a text that runs to the left."""
    words = [''] * count if texts is None else texts
    numbers = [''] * count if scores is None else [f'{score:.0%}' for score in scores]
    return [[part for part in parts if part] for parts in zip(words, numbers, strict=True)]


def _draw_outlines(canvas: Image, polygons: Sequence[NDArray], width: int, color: tuple[int, int, int]) -> None:
    outlines = [np.rint(polygon * 2**SUBPIXEL_BITS).astype(np.int32) for polygon in polygons]
    # A dark rim keeps the lines visible on a ground of their own colour.
    for line_color, line_width in ((BLACK, width + 2), (color, width)):
        cv2.polylines(canvas, outlines, True, line_color, line_width, cv2.LINE_AA, SUBPIXEL_BITS)


def _draw_labels(canvas: Image, polygons: Sequence[NDArray], labels: Sequence[list[str]], height: float,
                 color: tuple[int, int, int], font: Path | None) -> None:
    # What a label should not hide: the texts, and the labels that are there.
    taken = [np.concatenate([polygon.min(axis=0), polygon.max(axis=0)]) for polygon in polygons]
    for polygon, label in zip(polygons, labels, strict=True):
        if label:
            ink = _beside([lettering(part, height, font) for part in label])
            place = _place(polygon, ink.shape[1], ink.shape[0], canvas, np.array(taken))
            taken.append(np.array(place, np.float64))
            _write(canvas, ink, place, color)


def _beside(parts: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Parts of a label in a row, each with a margin on both sides, the lower ones in the middle of the height."""
    height = max(len(part) for part in parts)
    above = [(height - len(part)) // 2 for part in parts]
    return np.hstack([np.pad(part, ((top, height - len(part) - top), (MARGIN, MARGIN)))
                      for part, top in zip(parts, above, strict=True)])


def _place(polygon: NDArray, width: int, height: int, canvas: Image, taken: NDArray) -> Box:
    """Where the label hides least of what is taken; of places where it hides about as much, the first."""
    (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
    x, y = polygon[np.argmin(polygon[:, 1])]
    x = min(x, max(left, right - width))  # above the highest point, as far as the polygon reaches
    wanted = [(x, y - height - GAP), (left, top - height - GAP), (left, bottom + GAP + 1),
              (right + GAP + 1, top), (left - width - GAP, top)]
    boxes = [_inside(canvas, round(x), round(y), width, height) for x, y in wanted]
    return min(boxes, key=lambda box: int(_overlap(box, taken) / (HIDDEN * width * height)))


def _inside(canvas: Image, left: int, top: int, width: int, height: int) -> Box:
    left = min(max(left, 0), max(0, canvas.shape[1] - width))
    top = min(max(top, 0), max(0, canvas.shape[0] - height))
    return left, top, left + width, top + height


def _overlap(box: Box, others: NDArray) -> float:
    corners = np.array(box, np.float64)
    sides = np.minimum(corners[2:], others[:, 2:]) - np.maximum(corners[:2], others[:, :2])
    return float(np.maximum(sides, 0).prod(axis=1).sum())


def _write(canvas: Image, ink: NDArray[np.uint8], box: Box, color: tuple[int, int, int]) -> None:
    """Dark letters on a plate of the colour; what does not fit on the canvas is cut off."""
    left, top, right, bottom = box
    part = canvas[top:bottom, left:right]
    share = ink[:part.shape[0], :part.shape[1], None] / np.float32(255)
    part[:] = np.rint((1 - share) * np.array(color, np.float32) + share * np.array(BLACK, np.float32))
