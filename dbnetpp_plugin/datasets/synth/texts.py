"""What a block says, and in which letters."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .blocks import Lines, place_words
from .faces import Face
from .fonts import load_font, random_font
from .options import PageOptions
from .vocabulary import Vocabulary

SMALLEST = 8  # Size in pixels below which no font is taken


def random_lines(
    rng: np.random.Generator, fonts: Sequence[Path], options: PageOptions, vocabulary: Vocabulary, max_lines: int,
) -> tuple[list[list[str]], Path]:
    """Draw the words of a block, mostly few, as on a sign, and a font that has their characters."""
    counts = [1 + rng.choice(options.max_words, p=falling(options.max_words))
              for _ in range(1 + rng.choice(max_lines, p=falling(max_lines)))]
    if vocabulary.fonts and rng.random() < options.other_script:
        lines = [[vocabulary.foreign(rng) for _ in range(count)] for count in counts]
        return lines, vocabulary.fonts[int(rng.integers(len(vocabulary.fonts)))]
    varied = rng.random() < options.varied_words
    draw = vocabulary.varied if varied else vocabulary.simple
    lines = [[draw(rng) for _ in range(count)] for count in counts]
    font = random_font(rng, fonts, ''.join(word for line in lines for word in line))
    if font is None:
        return random_lines(rng, fonts, replace(options, varied_words=0.0), vocabulary, max_lines)
    return lines, font


def falling(count: int) -> np.ndarray:
    """Shares of ``count`` possibilities, each half as likely as the one before."""
    weights = 0.5 ** np.arange(count)
    return weights / weights.sum()


def random_face(
    rng: np.random.Generator,
    font: Path,
    lines: Lines,
    text_size: float,
    room: tuple[float, float],
    options: PageOptions,
) -> tuple[Face, tuple[float, float]]:
    """Draw what the letters of a block look like, so small that it fits into a room of that width and height.

    Returns:
        The face, and the gaps between lines and between words in units of its size.
    """
    weight = rng.uniform(0.01, 0.05) if rng.random() < options.bold else 0.0
    tracking = rng.uniform(-0.04, 0.4) if rng.random() < options.tracked else 0.0
    gaps = (rng.uniform(0.2, 0.8), rng.uniform(0.3, 0.7) + max(tracking, 0.0))

    def face(size: float) -> Face:
        return Face(load_font(font, round(size)), round(weight * size), round(tracking * size))

    first = face(text_size)
    needed, _ = place_words(lines, first, gaps[0] * text_size, gaps[1] * text_size, True)
    share = min(room[0] / max(needed[0], 1), room[1] / max(needed[1], 1), 1.0)
    return (first if share == 1 else face(max(share * text_size, SMALLEST))), gaps


def draw_text(
    rng: np.random.Generator, fonts: Sequence[Path], options: PageOptions, vocabulary: Vocabulary, words: int,
) -> tuple[str, Path]:
    """Draw one line of words, and a font that has their characters."""
    single = replace(options, max_words=words)
    lines, font = random_lines(rng, fonts, single, vocabulary, max_lines=1)
    return ' '.join(lines[0]), font
