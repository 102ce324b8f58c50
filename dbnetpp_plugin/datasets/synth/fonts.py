"""Fonts to write with: those that come with Matplotlib, or those of a folder."""

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import ImageFont

from .words import ALPHABET

# Fonts made for TeX have other signs in the places of some characters beyond the alphabet.
TEX_FONTS = ('cmb10.ttf', 'cmr10.ttf', 'cmss10.ttf', 'cmtt10.ttf')
# The rest of Matplotlib's fonts hold mathematical symbols, some of them in the places of letters.
MATPLOTLIB_FONTS = (
    *(f'DejaVuSans{style}.ttf' for style in ('', '-Bold', '-Oblique', '-BoldOblique')),
    *(f'DejaVuSansMono{style}.ttf' for style in ('', '-Bold', '-Oblique', '-BoldOblique')),
    *(f'DejaVuSerif{style}.ttf' for style in ('', '-Bold', '-Italic', '-BoldItalic')),
    *(f'STIXGeneral{style}.ttf' for style in ('', 'Bol', 'Italic', 'BolIta')),
    *TEX_FONTS,
)
SUFFIXES = ('.ttf', '.otf', '.ttc')


def find_fonts(folder: Path | None = None, characters: str = ALPHABET) -> tuple[Path, ...]:
    """Find the fonts that have some characters.

    Args:
        folder: Where to look for ``.ttf``, ``.otf`` and ``.ttc`` files, also in folders inside; None takes those of
            Matplotlib.
        characters: What a font must have, by default :data:`.words.ALPHABET`.

    Raises:
        FileNotFoundError: If there is no such font.
    """
    base = folder or matplotlib_fonts()
    if folder is None:
        paths = [base / name for name in MATPLOTLIB_FONTS]
    else:
        paths = sorted(path for path in base.rglob('*') if path.suffix.lower() in SUFFIXES)
    fonts = tuple(path for path in paths if path.is_file() and covers(path, characters))
    if not fonts:
        shown = characters if len(characters) <= 100 else f'{characters[:20]}... ({len(characters)} characters)'
        raise FileNotFoundError(f'{base} holds no .ttf, .otf or .ttc font with all of {shown}')
    return fonts


def matplotlib_fonts() -> Path:
    """Folder of the fonts that come with Matplotlib."""
    import matplotlib  # which the rest of the package does without

    return Path(matplotlib.get_data_path()) / 'fonts' / 'ttf'


def covers(font: Path, text: str) -> bool:
    """Tell whether a font has every character of a text."""
    return characters_of(font).issuperset(text)


@functools.cache
def characters_of(font: Path) -> frozenset[str]:
    """All characters that a font has; none if it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        codes = FT2Font(str(font)).get_charmap()
    except RuntimeError:  # FreeType cannot read it.
        return frozenset()
    characters = frozenset(map(chr, codes))
    return characters.intersection(ALPHABET) if font.name in TEX_FONTS else characters


def random_font(rng: np.random.Generator, fonts: Sequence[Path], text: str) -> Path | None:
    """Draw a font that has every character of a text; None if ten tries find none."""
    for _ in range(10):
        font = fonts[int(rng.integers(len(fonts)))]
        if covers(font, text):
            return font
    return None


@functools.lru_cache(maxsize=512)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Load a font at a size in pixels."""
    # The other layout engine is only there in some builds of Pillow, and pictures should not depend on that.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
