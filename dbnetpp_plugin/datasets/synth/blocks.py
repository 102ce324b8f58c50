"""Blocks of words on a canvas of their own: lines in one face, drawn upright."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .faces import Face
from .warps import Box

Lines = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Block:
    """A block of words.

    Attributes:
        ink: How much of each canvas pixel the letters cover, (H, W) uint8.
        edged: The same for the letters grown by an edge.
        words: What is written.
        boxes: Where: the rectangle around the (grown) letters of each word, in canvas pixels, no larger than the ink.
        lines: The number of each word's line.
        text_size: Size of the font in pixels.
        edge: By how many pixels the letters grow; 0 for no edge.
    """

    ink: np.ndarray
    edged: np.ndarray
    words: tuple[str, ...]
    boxes: tuple[Box, ...]
    lines: tuple[int, ...]
    text_size: int
    edge: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas."""
        return self.ink.shape[1], self.ink.shape[0]

    @property
    def canvas_box(self) -> Box:
        """The whole canvas, to the outer sides of its pixels."""
        width, height = self.size
        return -0.5, -0.5, width - 0.5, height - 0.5

    def line_boxes(self) -> list[tuple[str, Box]]:
        """Whole lines: their words with spaces between, and the rectangle around them."""
        found = []
        for line in sorted(set(self.lines)):
            here = [i for i, number in enumerate(self.lines) if number == line]
            corners = np.array([self.boxes[i] for i in here])
            left, top = corners[:, :2].min(axis=0).tolist()
            right, bottom = corners[:, 2:].max(axis=0).tolist()
            found.append((' '.join(self.words[i] for i in here), (left, top, right, bottom)))
        return found


def draw_block(
    lines: Lines, face: Face, *, edge: int = 0, line_gap: float = 0.4, word_gap: float = 0.4, centred: bool = True,
) -> Block:
    """Draw lines of words. A word of which nothing is seen, as of spaces, is left out.

    Args:
        lines: The words of each line.
        face: What their letters look like.
        edge: By how many pixels the letters grow in ``edged``; the boxes are those of the grown letters.
        line_gap: Empty space between the lowest and highest letters of two lines, in units of the font's size.
        word_gap: Empty space between words, in the same units.
        centred: Whether lines are centred; otherwise they start at the left.
    """
    growth = edge + face.weight
    padding = round(0.35 * face.size) + 2 * growth + 1
    below, between = (gap * face.size + 2 * growth for gap in (line_gap, word_gap))
    (width, height), places = place_words(lines, face, below, between, centred)
    shape = (height + 2 * padding, width + 2 * padding)
    ink = np.zeros(shape, np.uint8)
    edged = np.zeros(shape, np.uint8) if edge else ink
    words = [(word, number) for number, line in enumerate(lines) for word in line]
    drawn = []
    for (word, number), (x, y) in zip(words, places, strict=True):
        box = stamp(ink, face, word, (x + padding, y + padding))
        if edge:
            box = stamp(edged, face, word, (x + padding, y + padding), edge)
        if box is not None:
            drawn.append((word, box, number))
    texts, boxes, numbers = zip(*drawn, strict=True) if drawn else ((), (), ())
    return Block(ink, edged, texts, boxes, numbers, round(face.size), edge)


def place_words(
    lines: Lines, face: Face, line_gap: float, word_gap: float, centred: bool,
) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """Lay words out by their ink, as what fonts say of their height and width is not always true.

    Args:
        lines: The words of each line.
        face: What their letters look like.
        line_gap: Empty space between the lowest and highest letters of two lines, in pixels.
        word_gap: Empty space between words, in pixels.
        centred: Whether lines are centred; otherwise they start at the left.

    Returns:
        Width and height of all, and for each word, line by line, where its baseline starts.
    """
    boxes = [[face.bounds(word) for word in line] for line in lines]
    top = min(box[1] for line in boxes for box in line)
    pitch = max(box[3] for line in boxes for box in line) - top + line_gap
    widths = [sum(box[2] - box[0] for box in line) + word_gap * (len(line) - 1) for line in boxes]
    places = []
    for row, (line, width) in enumerate(zip(boxes, widths, strict=True)):
        x = (max(widths) - width) / 2 if centred else 0.0
        for left, _, right, _ in line:
            places.append((round(x - left), round(row * pitch - top)))
            x += right - left + word_gap
    return (math.ceil(max(widths)), math.ceil(len(lines) * pitch - line_gap)), places


def stamp(canvas: np.ndarray, face: Face, word: str, at: tuple[int, int], grow: int = 0) -> Box | None:
    """Draw a word into ``canvas``, (H, W) uint8, over what is there.

    Args:
        canvas: What is written on; what would lie outside is cut off.
        face: What the letters look like.
        word: What to write.
        at: Where its baseline starts.
        grow: By how many pixels the letters are fatter.

    Returns:
        The rectangle around its ink, to the outer sides of its pixels; None if there is no ink.
    """
    mask, (x, y) = face.draw(word, grow)
    x, y = x + at[0], y + at[1]
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + mask.shape[1], canvas.shape[1]), min(y + mask.shape[0], canvas.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    part = canvas[y0:y1, x0:x1]
    np.maximum(part, mask[y0 - y:y1 - y, x0 - x:x1 - x], out=part)
    # Pixel j covers j - 0.5 to j + 0.5.
    return x0 - 0.5, y0 - 0.5, x1 - 0.5, y1 - 0.5
