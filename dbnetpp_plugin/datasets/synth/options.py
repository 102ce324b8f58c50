"""How varied, and how hard to read, synthetic text is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

Span = tuple[float, float]
NUMBERS = ('max_lean', 'icons')  # Options that are no shares


@dataclass(frozen=True)
class PageOptions:
    """Shares are probabilities from 0 to 1; the defaults give clear words on clear pages.

    Attributes:
        without_text: Share of pages without any text.
        dense: Share of pages full of small text.
        max_blocks: Most blocks of words a page; on dense pages twice as many.
        max_lines: Most lines a block; on dense pages twice as many.
        max_words: Most words a line.
        text_size: Smallest size of a font in pixels, and the largest as a share of the page's shorter side.
            Where a block does not fit the page, its font gets smaller.
        small: Exponents of the beta distribution between the two: the larger the second, the more small text.
        varied_words: Share of words of all kinds (:meth:`.vocabulary.Vocabulary.varied`), not of simple ones.
        other_script: Share of blocks in the other characters of the vocabulary, if it has any.
        bent: Share of blocks on an arc.
        turned: Share of blocks that lean by up to ``max_lean``; the others lean by few degrees.
        max_lean: Largest angle in degrees.
        stretch: How many times wider letters may get.
        tracked: Share of blocks whose letters are set apart or close.
        bold: Share of blocks in letters fatter than their font's.
        on_board: Share of blocks on a board.
        framed: Share of boards with round corners, shades and mostly a border.
        low_contrast: Share of blocks that hardly differ from what is behind.
        illegible: Share of blocks that cannot be read.
        textured: Share of blocks whose letters have more than one colour.
        hollow: Share of blocks, of those with an edge, of which only the edge is seen.
        patterns: Share of grounds that are painted patterns, leaves or clouds.
        regions: Share of grounds put together of several, as walls, sky and street are.
        icons: Mean number of things that are not text, in addition to boards and bars.
        shadows: Share of pages with shadows on them.
        blurred: Share of pages out of focus, shaken or of low resolution.
        compressed: Share of pages with what strong JPEG compression leaves.
        toned: Share of pages of other contrast, brightness and colour temperature.

    Raises:
        ValueError: If an option is out of its range.
    """

    without_text: float = 0.08
    dense: float = 0.0
    max_blocks: int = 9
    max_lines: int = 3
    max_words: int = 3
    text_size: Span = (12, 0.22)
    small: Span = (1.1, 1.8)
    varied_words: float = 0.0
    other_script: float = 0.0
    bent: float = 0.22
    turned: float = 0.2
    max_lean: float = 45.0
    stretch: Span = (0.75, 1.25)
    tracked: float = 0.0
    bold: float = 0.0
    on_board: float = 0.35
    framed: float = 0.0
    low_contrast: float = 0.12
    illegible: float = 0.08
    textured: float = 0.0
    hollow: float = 0.0
    patterns: float = 0.0
    regions: float = 0.0
    icons: float = 0.0
    shadows: float = 0.0
    blurred: float = 0.0
    compressed: float = 0.0
    toned: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is int and value < 1:
                raise ValueError(f'{field.name} should be a whole number from 1, got {value}')
            if field.type is float and not (value >= 0 if field.name in NUMBERS else 0 <= value <= 1):
                kind = 'number from 0' if field.name in NUMBERS else 'share from 0 to 1'
                raise ValueError(f'{field.name} should be a {kind}, got {value}')
            if field.type is Span and not (len(value) == 2 and min(value) > 0):
                raise ValueError(f'{field.name} should be two numbers above 0, got {value}')


PLAIN = PageOptions()
RICH = PageOptions(
    dense=0.12, max_lines=4, max_words=5, text_size=(10, 0.36), small=(0.9, 1.9), varied_words=0.9, other_script=0.3,
    bent=0.12, turned=0.22, max_lean=90.0, stretch=(0.6, 1.5), tracked=0.25, bold=0.2, on_board=0.4, framed=0.5,
    low_contrast=0.2, illegible=0.05, textured=0.2, hollow=0.25, patterns=0.35, regions=0.4, icons=2.0, shadows=0.3,
    blurred=0.4, compressed=0.35, toned=0.6)


def with_changes(options: PageOptions, changes: Mapping[str, Any]) -> PageOptions:
    """Give some options, by name, other values.

    Raises:
        ValueError: If there is no such option.
    """
    known = {field.name for field in fields(PageOptions)}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise ValueError(f'options should be among {", ".join(sorted(known))}, got {", ".join(unknown)}')
    return replace(options, **changes)
