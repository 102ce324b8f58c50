"""Fonts to write with: those that come with Matplotlib, or those of a folder."""

import functools
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

from .words import ALPHABET

# The rest of Matplotlib's fonts hold mathematical symbols, some of them in the places of letters.
MATPLOTLIB_FONTS = (
    *(f'DejaVuSans{style}.ttf' for style in ('', '-Bold', '-Oblique', '-BoldOblique')),
    *(f'DejaVuSansMono{style}.ttf' for style in ('', '-Bold', '-Oblique', '-BoldOblique')),
    *(f'DejaVuSerif{style}.ttf' for style in ('', '-Bold', '-Italic', '-BoldItalic')),
    *(f'STIXGeneral{style}.ttf' for style in ('', 'Bol', 'Italic', 'BolIta')),
    'cmb10.ttf', 'cmr10.ttf', 'cmss10.ttf', 'cmtt10.ttf',
)


def find_fonts(folder: Path | None = None) -> tuple[Path, ...]:
    """Find the fonts that have every character of :data:`.words.ALPHABET`.

    Args:
        folder: Where to look for ``.ttf`` and ``.otf`` files, also in folders inside; None takes Matplotlib's.

    Raises:
        FileNotFoundError: If there is no such font.
    """
    if folder is None:
        base = Path(matplotlib.get_data_path()) / 'fonts' / 'ttf'
        paths = [base / name for name in MATPLOTLIB_FONTS]
    else:
        paths = sorted(path for path in folder.rglob('*') if path.suffix.lower() in ('.ttf', '.otf'))
    fonts = tuple(path for path in paths if path.is_file() and has_letters(path))
    if not fonts:
        raise FileNotFoundError(f'{folder or base} holds no .ttf or .otf font with all of {ALPHABET}')
    return fonts


def has_letters(font: Path) -> bool:
    """Tell whether a font has every character of :data:`.words.ALPHABET`."""
    try:
        characters = FT2Font(str(font)).get_charmap()
    except RuntimeError:  # FreeType cannot read it.
        return False
    return all(ord(character) in characters for character in ALPHABET)


@functools.lru_cache(maxsize=512)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Load a font at a size in pixels."""
    # The other layout engine is only there in some builds of Pillow, and pictures should not depend on that.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
