"""Letters of one look: a font at its size, their weight, and the space between them."""

import functools
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Bounds = tuple[int, int, int, int]  # left, top, right, bottom, from where the baseline starts


@dataclass(frozen=True)
class Face:
    """A font at its size, changed.

    Attributes:
        font: The font.
        weight: By how many pixels its letters are fatter, all around.
        tracking: By how many pixels its letters stand farther apart.
    """

    font: ImageFont.FreeTypeFont
    weight: int = 0
    tracking: int = 0

    @property
    def size(self) -> float:
        """Size of the font in pixels."""
        return self.font.size

    def bounds(self, word: str) -> Bounds:
        """Rectangle in which a word lies, without its weight."""
        return _bounds(self, word)

    def _measure(self, word: str) -> Bounds:
        boxes = [(x + left, top, x + right, bottom) for piece, x in self._pieces(word)
                 for left, top, right, bottom in [self.font.getbbox(piece, anchor='ls')]]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return round(min(lefts)), round(min(tops)), round(max(rights)), round(max(bottoms))

    def draw(self, word: str, grow: int = 0) -> tuple[np.ndarray, tuple[int, int]]:
        """Draw a word, its letters fatter by ``grow`` pixels than usual.

        Returns:
            How much of each pixel they cover, (h, w) uint8, no row or column at its border being empty, and where its
            left upper pixel is (x, y). A word without ink, as spaces are, has no pixels.
        """
        left, top, right, bottom = self.bounds(word)
        margin = self.weight + grow + 2
        canvas = Image.new('L', (right - left + 2 * margin, bottom - top + 2 * margin))
        pencil = ImageDraw.Draw(canvas)
        for piece, x in self._pieces(word):
            pencil.text((x - left + margin, margin - top), piece, fill=255, font=self.font, anchor='ls',
                        stroke_width=self.weight + grow)
        x0, y0, x1, y1 = canvas.getbbox() or (0, 0, 0, 0)
        return np.asarray(canvas)[y0:y1, x0:x1], (left - margin + x0, top - margin + y0)

    def _pieces(self, word: str) -> list[tuple[str, int]]:
        """What is drawn at once, and where: the word, or each letter of it."""
        if not self.tracking:
            return [(word, 0)]
        ends = np.cumsum([self.font.getlength(letter) + self.tracking for letter in word]).round().astype(int)
        return list(zip(word, [0, *ends[:-1].tolist()], strict=True))


@functools.lru_cache(maxsize=512)
def _bounds(face: Face, word: str) -> Bounds:
    """The layout of a block asks for a word's bounds again and again, and FreeType takes its time."""
    return face._measure(word)
