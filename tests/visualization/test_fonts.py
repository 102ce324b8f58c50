"""What is written, compared with what other text looks like."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import features

from dbnetpp_plugin.visualization import fonts as module
from dbnetpp_plugin.visualization.fonts import lettering

FONTS = Path(matplotlib.get_data_path()) / 'fonts' / 'ttf'
CUNEIFORM = '\N{CUNEIFORM SIGN A}'


@pytest.fixture
def no_system_fonts(monkeypatch):
    monkeypatch.setattr(module, '_system_fonts', tuple)
    module._font_for.cache_clear()
    yield
    module._font_for.cache_clear()


@pytest.fixture
def warnings(monkeypatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(module.logging.getLogger(module.__name__), 'warning', told.append)
    monkeypatch.setattr(module, '_missing', set())
    return told


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool((one == other).all())


@pytest.mark.parametrize('height', [12, 20, 48])
def test_height_is_that_of_a_line(height):
    for text in ('x', 'Ag', ''):
        assert len(lettering(text, height)) == pytest.approx(height, abs=2)


def test_ink():
    mask = lettering('lll', 40)
    assert mask.max() == 255
    assert mask.shape[1] == pytest.approx(3 * lettering('l', 40).shape[1], abs=2)
    assert not lettering(' ', 40).any()


def test_what_cannot_be_printed_shows():
    assert same(lettering('a\nb', 20), lettering('a\N{REPLACEMENT CHARACTER}b', 20))
    assert same(lettering('\ud800', 20), lettering('\N{REPLACEMENT CHARACTER}', 20))


def test_missing_character_is_a_box_and_told_once(no_system_fonts, warnings):
    box = lettering(CUNEIFORM, 20)
    assert box.any()
    assert same(lettering(chr(ord(CUNEIFORM) + 1), 20), box)
    assert len(warnings) == 1
    assert warnings[0].startswith(r"No font here has the characters '\U00012000': they, and others like them, show as")


def test_given_font_is_used_as_far_as_it_goes(no_system_fonts, warnings):
    font = FONTS / 'cmr10.ttf'
    assert not same(lettering('word', 20, font), lettering('word', 20))
    zhe = '\N{CYRILLIC CAPITAL LETTER ZHE}'
    assert same(lettering(zhe, 20, font), lettering(zhe, 20))
    assert same(lettering(f'word{zhe}', 20, font), lettering(f'word{zhe}', 20))  # in one font, where there is one
    assert not warnings
    assert not same(lettering(f'word{CUNEIFORM}', 20, font), lettering(f'word{CUNEIFORM}', 20))


def test_font_of_the_system_is_found(monkeypatch, warnings):
    """Where the first has no mathematical letters, one that has them is taken."""
    letter = '\N{MATHEMATICAL SCRIPT CAPITAL A}'
    monkeypatch.setattr(module, '_system_fonts', lambda: (FONTS / 'cmr10.ttf', FONTS / 'STIXGeneral.ttf'))
    module._font_for.cache_clear()
    found = lettering(letter, 20)
    module._font_for.cache_clear()
    assert same(found, lettering(letter, 20, FONTS / 'STIXGeneral.ttf'))
    assert not warnings


@pytest.mark.skipif(not features.check('raqm'), reason='this Pillow does not shape Arabic')
def test_arabic_is_joined_and_runs_to_the_left():
    beh, alef = '\N{ARABIC LETTER BEH}', '\N{ARABIC LETTER ALEF}'
    joined, apart = lettering(beh + alef, 40), lettering(f'{beh} {alef}', 40)
    columns = joined.any(axis=0)
    assert np.diff(np.flatnonzero(columns)).max() == 1  # one stroke
    assert np.diff(np.flatnonzero(apart.any(axis=0))).max() > 3
    upright = joined.sum(axis=0).argmax()
    assert upright < joined.shape[1] / 2  # the alef, the later letter, stands on the left


@pytest.mark.parametrize('name', ['none.ttf', __file__])
def test_no_font(name):
    with pytest.raises(OSError, match=f'{Path(name).name} is not a font file that can be read'):
        lettering('a', 20, Path(name))
