"""What is written: simple words, or all that stands on signs, labels and forms; and other scripts."""

import functools
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .fonts import find_fonts
from .words import CODE_PATTERNS, MARKED_PATTERNS, WORDS, filled, pick, random_word

PRINTABLE = string.digits + string.ascii_letters + string.punctuation
MAX_LENGTH = 20
# How often letters stand in English text, in per mille.
LETTER_WEIGHTS = dict(zip('etaoinshrdlcumwfgypbvkjxqz', (
    127, 91, 82, 75, 70, 67, 63, 61, 60, 43, 40, 28, 28, 24, 24, 22, 20, 20, 19, 15, 10, 8, 2, 2, 1, 1), strict=True))
ONSETS = ('', 'b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'qu', 'r', 's', 't', 'v', 'w', 'x', 'y', 'z',
          'bl', 'br', 'ch', 'cl', 'cr', 'dr', 'fl', 'fr', 'gl', 'gr', 'ph', 'pl', 'pr', 'sc', 'sh', 'sk', 'sl', 'sp',
          'st', 'str', 'th', 'tr', 'wh')
VOWELS = ('a', 'e', 'i', 'o', 'u', 'a', 'e', 'i', 'o', 'e', 'y', 'ai', 'ea', 'ee', 'ie', 'io', 'oo', 'ou')
CODAS = ('', '', '', '', 'b', 'ck', 'd', 'g', 'l', 'll', 'm', 'n', 'n', 'nd', 'ng', 'nt', 'p', 'r', 'r', 'rd', 'rt',
         's', 's', 'ss', 'st', 't', 't', 'x')
ENDINGS = ('s', 'ed', 'er', 'ing', 'ly', 'ion', 'ness', 'ment', 'able', "'s", 'ia', 'land', 'ton', 'man')
# 9 is any digit, A any capital, a any small letter, w any word.
FIGURES = ('9', '99', '999', '9999', '99999', '999999', '9.9', '9.99', '99.99', '9,999', '9,999.99', '99%', '-99%',
           '+9', '99:99', '9:99', '99/99', '99/99/9999', '99.99.99', '9999-99-99', '999-9999', '(999)', '999-999-9999',
           '#99', '9-99', '9x9', '99th', '9th', '(99)', '99-99', '~99', '*999', '9999*', '99=99', '<9', '>99')
PRICES = ('$9', '$99', '$9.99', '$99.99', '$999', '9.99$', '99.-', '$9,999', '@9.99', '$.99')
ADDRESSES = ('w@w.com', 'w.w@w.org', 'www.w.com', 'w.com', 'www.w-w.net', 'http://w.com', 'w.org/w', '@w', '@w_99',
             '#w', 'w_w', 'w.co.99', 'w99@w.com')
MIXTURES = ('AA999', 'A-99', 'AAA-9999', 'AA99AAA', 'A9A9A9', 'a99', '99a', '99A', '9A', 'A9', 'AA-99-AA', '99AA',
            'AAA', 'AA', 'A.A.', 'A&A', 'a/a', 'AaA', '99aa', '[99]', '{A}', '<A>', 'A|A', 'A+', 'A\\9', '^9', '~A',
            '9`', 'A;9')
MARKS = ('{}!', '{}?', '{}:', '{},', '{}.', '({})', '"{}"', "'{}'", '{};', '{}...', '-{}-', '*{}*', '[{}]', '{}!!',
         '({}', '{})', '"{}', '{}"', '{}-', '/{}', '{}&', '{}*', '<{}>', '+{}', '{}=', '{{{}}}')
# How often words of each kind are drawn.
KINDS = {'word': 0.42, 'invented': 0.13, 'figures': 0.13, 'price': 0.04, 'address': 0.05, 'mixture': 0.07,
         'marked': 0.08, 'letters': 0.04, 'anything': 0.04}
DRAWN = {'9': string.digits, 'A': string.ascii_uppercase, 'a': string.ascii_lowercase}


@dataclass(frozen=True)
class Vocabulary:
    """What may be written.

    Attributes:
        words: Words to choose from.
        characters: Characters of another script; empty for none.
        fonts: Fonts that have all of those.
    """

    words: tuple[str, ...] = WORDS
    characters: str = ''
    fonts: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError('a vocabulary needs at least one word, got none')

    def simple(self, rng: np.random.Generator) -> str:
        """Draw a word as :func:`.words.random_word` does."""
        return random_word(rng, self.words)

    def varied(self, rng: np.random.Generator) -> str:
        """Draw printable ASCII of 1 to ``MAX_LENGTH`` characters: words, figures, prices, addresses, codes and more."""
        kind = tuple(KINDS)[rng.choice(len(KINDS), p=kind_shares())]
        text = {
            'word': lambda: cased(rng, pick(rng, self.words)),
            'invented': lambda: cased(rng, invented_word(rng)),
            'figures': lambda: filled(rng, pick(rng, FIGURES), DRAWN),
            'price': lambda: filled(rng, pick(rng, PRICES), DRAWN),
            'address': lambda: self._address(rng),
            'mixture': lambda: filled(rng, pick(rng, MIXTURES + CODE_PATTERNS), DRAWN),
            'marked': lambda: pick(rng, MARKS + MARKED_PATTERNS).format(cased(rng, pick(rng, self.words))),
            'letters': lambda: cased(rng, random_letters(rng)),
            'anything': lambda: random_characters(rng, PRINTABLE, 10),
        }[kind]()
        return text[:MAX_LENGTH]

    def foreign(self, rng: np.random.Generator) -> str:
        """Draw one to six of the other characters."""
        return random_characters(rng, self.characters, 6)

    def _address(self, rng: np.random.Generator) -> str:
        parts = [pick(rng, self.words).lower() if c == 'w' else c for c in _split(pick(rng, ADDRESSES))]
        text = filled(rng, ''.join(parts), {'9': string.digits})
        return text.upper() if rng.random() < 0.2 else text


@functools.cache
def kind_shares() -> np.ndarray:
    """Shares of the kinds of words."""
    shares = np.array(list(KINDS.values()))
    return shares / shares.sum()


def _split(pattern: str) -> list[str]:
    """Characters of a pattern; the letters of ``www``, ``com`` and the like stay together."""
    for known in ('www', 'http', 'com', 'org', 'net', 'co.'):
        pattern = pattern.replace(known, f' {known} ')
    return [part for piece in pattern.split() for part in ([piece] if len(piece) > 1 and piece.isalpha() else piece)]


def cased(rng: np.random.Generator, word: str) -> str:
    """Write a word in capitals, with one, without, or in a mixture."""
    kind = rng.choice(4, p=(0.42, 0.27, 0.28, 0.03))
    if kind == 3:
        capitals = rng.random(len(word)) < 0.5
        return ''.join(c.upper() if capital else c.lower() for c, capital in zip(word, capitals, strict=True))
    return (word.upper, word.capitalize, word.lower)[kind]()


def invented_word(rng: np.random.Generator) -> str:
    """Draw syllables that could be a word."""
    count = 1 + rng.choice(4, p=(0.3, 0.4, 0.2, 0.1))
    syllables = [pick(rng, ONSETS) + pick(rng, VOWELS) + pick(rng, CODAS) for _ in range(count)]
    return ''.join(syllables) + (pick(rng, ENDINGS) if rng.random() < 0.25 else '')


def random_letters(rng: np.random.Generator) -> str:
    """Draw 1 to 10 letters as often as they stand in English text."""
    weights = np.array(list(LETTER_WEIGHTS.values()), float)
    return ''.join(rng.choice(list(LETTER_WEIGHTS), size=rng.integers(1, 11), p=weights / weights.sum()))


def random_characters(rng: np.random.Generator, characters: str, longest: int) -> str:
    """Draw 1 to ``longest`` of some characters."""
    return ''.join(characters[i] for i in rng.integers(len(characters), size=rng.integers(1, longest + 1)))


def chinese_characters() -> str:
    """The 3755 commonest Chinese characters: the first level of GB 2312."""
    found = []
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            found.append(bytes((row, cell)).decode('gb2312', errors='ignore'))
    return ''.join(found)


CHARACTER_SETS = {'chinese': chinese_characters}


def make_vocabulary(fonts: Path | None, words: Path | None, characters: str | None) -> Vocabulary:
    """Read words, and find the fonts that have the characters of another script.

    Args:
        fonts: As ``folder`` of :func:`.fonts.find_fonts`.
        words: As ``path`` of :func:`read_words`; None takes the words that come with the package.
        characters: The characters, or the name of a set of :data:`CHARACTER_SETS`; None for no other script.

    Raises:
        FileNotFoundError: If there is no such file, or no font that has all the characters.
        ValueError: If the file holds no usable word, or nothing would be seen of a character.
    """
    changes: dict[str, Any] = {}
    if words:
        changes['words'] = read_words(words)
    if characters:
        wanted = CHARACTER_SETS[characters]() if characters in CHARACTER_SETS else characters
        if any(character.isspace() or not character.isprintable() for character in wanted):
            raise ValueError(f'characters should be printable and without spaces, got {wanted!r}')
        changes.update(characters=wanted, fonts=find_fonts(fonts, wanted))
    return Vocabulary(**changes)


def read_words(path: Path) -> tuple[str, ...]:
    """Read a list of words: one a line, of printable ASCII without spaces; others are left out.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If none is left.
    """
    lines = path.read_text(encoding='utf-8', errors='replace').split()
    words = tuple(word for word in lines if len(word) <= MAX_LENGTH and set(word) <= set(PRINTABLE))
    if not words:
        raise ValueError(f'{path} holds no word of 1 to {MAX_LENGTH} printable ASCII characters')
    return words
