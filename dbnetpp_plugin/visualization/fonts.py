"""Writing text of any script into masks, with the fonts that are there.

Matplotlib, which brings a font and finds others, is imported when text is written: it takes a tenth of a second.
"""

import functools
import itertools
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

UNPRINTABLE = '\N{REPLACEMENT CHARACTER}'  # control characters, halves of surrogate pairs and the like


def lettering(text: str, height: float, font: Path | None = None) -> NDArray[np.uint8]:
    """Write a line of text.

    A font that has all characters is preferred; else each character is written in the first font that has it. One that
    no font has shows as the box that fonts draw in its place, and a warning tells of it, once. Arabic letters are
    joined, and run from right to left, where Pillow comes with Raqm, as its wheels do.

    Args:
        text: Anything; what cannot be printed shows as a replacement character.
        height: Of a line, from the longest ascenders to the longest descenders, in pixels.
        font: Path of the font to be tried first.

    Returns:
        How much of each pixel is ink, (H, W). H is the same for every text in the same fonts.

    Raises:
        OSError: If the font is not there, or not a font.
    """
    size = max(1, round(height / 1.2))  # about the part of a line that fonts are measured by
    if font is not None:
        _loaded(font, size)  # fails here, and not only where it would be needed
    parts = [(run, _loaded(path, size)) for path, run in _runs(_printable(text), font)]
    ascent, descent = (max(values) for values in zip(*(loaded.getmetrics() for _, loaded in parts), strict=True))
    widths = [loaded.getlength(run) for run, loaded in parts]
    mask = Image.new('L', (max(1, round(sum(widths))), ascent + descent))
    draw = ImageDraw.Draw(mask)
    for (run, loaded), x in zip(parts, itertools.accumulate([0.0, *widths]), strict=False):
        draw.text((x, ascent), run, fill=255, font=loaded, anchor='ls')
    return np.array(mask)


def _printable(text: str) -> str:
    return ''.join(character if character.isprintable() else UNPRINTABLE for character in text) or ' '


def _runs(text: str, font: Path | None) -> Iterator[tuple[Path, str]]:
    """Parts of the text that are written in one font each."""
    path = _font_for(frozenset(text), font)
    if path is not None:
        yield path, text
        return
    for found, characters in itertools.groupby(text, lambda character: _font_for(frozenset(character), font)):
        run = ''.join(characters)
        if found is None:
            _warn_once(run)
        yield found or font or _default_font(), run


@functools.lru_cache(maxsize=4096)
def _font_for(characters: frozenset[str], font: Path | None) -> Path | None:
    codes = {ord(character) for character in characters}
    return next((path for path in _fonts(font) if codes <= _charmap(path)), None)


def _fonts(font: Path | None) -> Iterable[Path]:
    yield from [_default_font()] if font is None else [font, _default_font()]
    yield from _system_fonts()


@functools.cache
def _default_font() -> Path:
    import matplotlib
    return Path(matplotlib.get_data_path()) / 'fonts' / 'ttf' / 'DejaVuSans.ttf'


@functools.cache
def _system_fonts() -> tuple[Path, ...]:
    from matplotlib.font_manager import findSystemFonts
    return tuple(sorted(map(Path, findSystemFonts())))


@functools.cache
def _charmap(path: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font
    try:
        return frozenset(FT2Font(str(path)).get_charmap())
    except (OSError, RuntimeError):  # of those of a system, some may be damaged; one that is given fails when loaded
        return frozenset()


@functools.lru_cache(maxsize=256)
def _loaded(path: Path, size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(str(path), size)
    except OSError as error:
        raise OSError(f'{path} is not a font file that can be read: {error}') from error


def _warn_once(characters: str) -> None:
    if not _missing:
        logging.getLogger(__name__).warning(
            f'No font here has the characters {characters!a}: they, and others like them, show as boxes. Install a '
            'font that has them, or give the path of one.')
    _missing.update(characters)


_missing: set[str] = set()  # characters that a warning was due for
