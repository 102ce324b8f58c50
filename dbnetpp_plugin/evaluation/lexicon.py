"""Word lists that narrow down what a detector can have read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dbnetpp_plugin.annotations.lines import LINE_END

from .pairing import image_number
from .sources import read_texts
from .text_image import TextImage

Lexicon = Callable[[str], Sequence[str]]


def load_lexicon(source: Path) -> Lexicon:
    """Read one word list for all images, or one for each.

    Args:
        source: A text file, a word a line; or a folder or zip file of these, with the image's number in their names.

    Returns:
        Name of an image -> its words.

    Raises:
        FileNotFoundError: If there is nothing.
        ValueError: If two lists have the same number, or a list is not UTF-8 text; later, if an image has no list.
    """
    if source.suffix.lower() == '.txt':
        shared = _words(source.read_text(encoding='utf-8-sig'))
        return lambda name: shared
    lists: dict[int | None, list[str]] = {}
    for file, content in read_texts(source).items():
        number = image_number(file)
        if number is None or number in lists:
            raise ValueError(f'{file}: expected a number in its name that no other word list has')
        lists[number] = _words(content)

    def words(name: str) -> Sequence[str]:
        if image_number(name) not in lists:
            raise ValueError(f'{source} has no word list for {name}')
        return lists[image_number(name)]

    return words


def _words(content: str) -> list[str]:
    return [line.strip() for line in LINE_END.split(content) if line.strip()]


def with_lexicon(found: TextImage, words: Sequence[str], max_distance: int | None = None) -> TextImage:
    """Predictions with the nearest words in place of what was read.

    Args:
        found: With transcriptions.
        words: That can be in the image.
        max_distance: What takes more changes than this to become a word is left out.
    """
    nearest = [nearest_word(text, words, max_distance) for text in found.texts or ()]
    kept = [index for index, word in enumerate(nearest) if word is not None]
    return replace(found.select(np.array(kept, np.intp)), texts=[nearest[index] or '' for index in kept])


def nearest_word(read: str, lexicon: Sequence[str], max_distance: int | None = None) -> str | None:
    """The word of a lexicon that takes the fewest insertions, deletions and substitutions to reach.

    Args:
        read: What was read; letter case does not matter.
        lexicon: Words; of several that are equally near, the first.
        max_distance: More steps than this are too many.

    Returns:
        The word as it is in the lexicon, or None if none is near enough.
    """
    from rapidfuzz.distance import Levenshtein  # which only lexicons need
    from rapidfuzz.process import extractOne

    found = extractOne(read, lexicon, scorer=Levenshtein.distance, processor=str.upper, score_cutoff=max_distance)
    return None if found is None else found[0]
