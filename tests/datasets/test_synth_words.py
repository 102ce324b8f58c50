"""Words and fonts of synthetic text."""

import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth.fonts import MATPLOTLIB_FONTS, find_fonts, has_letters, load_font
from dbnetpp_plugin.datasets.synth.words import (
    ALPHABET,
    CODE_PATTERNS,
    MARKED_PATTERNS,
    NUMBER_PATTERNS,
    WORDS,
    random_word,
)

FONT_FOLDER = Path(matplotlib.get_data_path()) / 'fonts' / 'ttf'


def test_words_are_made_of_the_alphabet():
    rng = np.random.default_rng(0)
    words = [random_word(rng) for _ in range(3000)]
    assert set(''.join(words)) <= set(ALPHABET)
    assert all(any(character.isalnum() for character in word) for word in words)
    assert len(set(words)) > 1500


def test_all_patterns_are_made_of_the_alphabet():
    text = ''.join((*WORDS, *NUMBER_PATTERNS, *CODE_PATTERNS, *MARKED_PATTERNS)).replace('{}', '')
    assert set(text) <= set(ALPHABET)


def test_same_state_gives_the_same_word():
    words = [[random_word(rng) for _ in range(50)] for rng in map(np.random.default_rng, (1, 1, 2))]
    assert words[0] == words[1] != words[2]


def test_all_fonts_of_matplotlib_are_there():
    assert [path.name for path in find_fonts()] == list(MATPLOTLIB_FONTS)


@pytest.mark.parametrize(('name', 'expected'), [('DejaVuSans.ttf', True), ('DejaVuSansDisplay.ttf', False)])
def test_font_without_letters_is_told(name, expected):
    assert has_letters(FONT_FOLDER / name) is expected


def test_fonts_of_a_folder(tmp_path):
    (tmp_path / 'deep').mkdir()
    shutil.copy(FONT_FOLDER / 'cmr10.ttf', tmp_path / 'deep' / 'a.TTF')
    shutil.copy(FONT_FOLDER / 'DejaVuSansDisplay.ttf', tmp_path)
    (tmp_path / 'broken.otf').write_bytes(b'no font')
    assert find_fonts(tmp_path) == (tmp_path / 'deep' / 'a.TTF',)


def test_folder_without_fonts(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf'{tmp_path} holds no \.ttf or \.otf font'):
        find_fonts(tmp_path)


def test_font_of_a_size():
    assert load_font(FONT_FOLDER / 'cmr10.ttf', 20).size == 20
