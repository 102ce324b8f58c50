"""Words and fonts of synthetic text."""

import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth.fonts import MATPLOTLIB_FONTS, TEX_FONTS, covers, find_fonts, load_font, random_font
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


@pytest.mark.parametrize(('name', 'text', 'expected'), [
    ('DejaVuSans.ttf', ALPHABET, True),
    ('DejaVuSans.ttf', 'Ωмир', True),
    ('DejaVuSans.ttf', 'a漢', False),
    ('DejaVuSansDisplay.ttf', ALPHABET, False),
    ('cmr10.ttf', ALPHABET, True),
    ('cmr10.ttf', '~', False),  # It has something else there.
])
def test_characters_of_a_font(name, text, expected):
    assert covers(FONT_FOLDER / name, text) is expected


def test_fonts_of_another_script():
    greek = find_fonts(None, 'αβγδω')
    assert len(greek) == 16
    assert not {path.name for path in greek} & set(TEX_FONTS)
    with pytest.raises(FileNotFoundError, match=r'no \.ttf, \.otf or \.ttc font with all of 漢字$'):
        find_fonts(None, '漢字')
    with pytest.raises(FileNotFoundError, match=r'with all of 漢{20}\.\.\. \(101 characters\)$'):
        find_fonts(None, '漢' * 101)


def test_fonts_are_drawn_among_those_that_have_the_text():
    rng = np.random.default_rng(0)
    tex, sans = FONT_FOLDER / 'cmr10.ttf', FONT_FOLDER / 'DejaVuSans.ttf'
    assert {random_font(rng, (tex, sans), '~') for _ in range(20)} == {sans}
    assert {random_font(rng, (tex, sans), 'a') for _ in range(20)} == {tex, sans}
    assert random_font(rng, (tex, sans), '漢') is None


def test_fonts_of_a_folder(tmp_path):
    (tmp_path / 'deep').mkdir()
    shutil.copy(FONT_FOLDER / 'cmr10.ttf', tmp_path / 'deep' / 'a.TTF')
    shutil.copy(FONT_FOLDER / 'DejaVuSansDisplay.ttf', tmp_path)
    (tmp_path / 'broken.otf').write_bytes(b'no font')
    assert find_fonts(tmp_path) == (tmp_path / 'deep' / 'a.TTF',)


def test_folder_without_fonts(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf'{tmp_path} holds no \.ttf, \.otf or \.ttc font'):
        find_fonts(tmp_path)


def test_font_of_a_size():
    assert load_font(FONT_FOLDER / 'cmr10.ttf', 20).size == 20
