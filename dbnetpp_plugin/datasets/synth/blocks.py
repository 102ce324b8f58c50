"""Blocks of words on a canvas of their own: one to three lines in one font, drawn upright."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .warps import Box
from .words import random_word


@dataclass(frozen=True)
class Block:
    """A block of words.

    Attributes:
        ink: How much of each canvas pixel the letters cover, (H, W) uint8.
        edged: The same for the letters grown by an edge.
        words: What is written.
        boxes: Where: the rectangle around the (grown) letters of each word, in canvas pixels, no larger than the ink.
        text_size: Size of the font in pixels.
        edge: By how many pixels the letters grow; 0 for no edge.
    """

    ink: np.ndarray
    edged: np.ndarray
    words: tuple[str, ...]
    boxes: tuple[Box, ...]
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


def random_lines(rng: np.random.Generator, max_lines: int = 3) -> list[list[str]]:
    """Draw the words of a block: mostly few, as on a sign."""
    lines = 1 + rng.choice(max_lines, p=_falling(max_lines))
    return [[random_word(rng) for _ in range(1 + rng.choice(3, p=_falling(3)))] for _ in range(lines)]


def _falling(count: int) -> np.ndarray:
    weights = 0.5 ** np.arange(count)
    return weights / weights.sum()


def draw_block(
    lines: Sequence[Sequence[str]],
    font: ImageFont.FreeTypeFont,
    *,
    edge: int = 0,
    line_gap: float = 0.4,
    word_gap: float = 0.4,
    centred: bool = True,
) -> Block:
    """Draw lines of words.

    Args:
        lines: The words of each line.
        font: A font at its size.
        edge: By how many pixels the letters grow in ``edged``; the boxes are those of the grown letters.
        line_gap: Empty space between the lowest and highest letters of two lines, in units of the font's size.
        word_gap: Empty space between words, in the same units.
        centred: Whether lines are centred; otherwise they start at the left.
    """
    padding = round(0.35 * font.size) + 2 * edge + 1
    size, places = place_words(lines, font, line_gap * font.size + 2 * edge, word_gap * font.size + 2 * edge, centred)
    size = (size[0] + 2 * padding, size[1] + 2 * padding)
    words = [word for line in lines for word in line]
    at = [(x + padding, y + padding) for x, y in places]
    inks = [draw_word(size, place, word, font) for place, word in zip(at, words, strict=True)]
    grown = [draw_word(size, place, word, font, edge) for place, word in zip(at, words, strict=True)] if edge else inks
    return Block(
        ink=np.maximum.reduce([np.asarray(canvas) for canvas in inks]),
        edged=np.maximum.reduce([np.asarray(canvas) for canvas in grown]),
        words=tuple(words),
        boxes=tuple(ink_box(canvas) for canvas in grown),
        text_size=round(font.size),
        edge=edge,
    )


def place_words(
    lines: Sequence[Sequence[str]], font: ImageFont.FreeTypeFont, line_gap: float, word_gap: float, centred: bool,
) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """Lay words out by their ink, as what fonts say of their height and width is not always true.

    Args:
        lines: The words of each line.
        font: A font at its size.
        line_gap: Empty space between the lowest and highest letters of two lines, in pixels.
        word_gap: Empty space between words, in pixels.
        centred: Whether lines are centred; otherwise they start at the left.

    Returns:
        Width and height of all, and for each word, line by line, where its baseline starts.
    """
    boxes = [[font.getbbox(word, anchor='ls') for word in line] for line in lines]
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


def draw_word(
    size: tuple[int, int], at: tuple[int, int], word: str, font: ImageFont.FreeTypeFont, edge: int = 0,
) -> Image.Image:
    """Draw one word, white on black, on a canvas of that width and height; ``at`` is where its baseline starts."""
    canvas = Image.new('L', size)
    ImageDraw.Draw(canvas).text(at, word, fill=255, font=font, anchor='ls', stroke_width=edge)
    return canvas


def ink_box(canvas: Image.Image) -> Box:
    """Rectangle around all that is not black, to the outer sides of its pixels."""
    left, top, right, bottom = canvas.getbbox() or (0, 0, 0, 0)
    # Pixel j covers j - 0.5 to j + 0.5.
    return left - 0.5, top - 0.5, right - 0.5, bottom - 0.5
