"""Letters of one look, and the style they are painted in."""

from dataclasses import replace

import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth import PLAIN, RICH, Vocabulary, find_fonts
from dbnetpp_plugin.datasets.synth.faces import Face
from dbnetpp_plugin.datasets.synth.fonts import covers, load_font
from dbnetpp_plugin.datasets.synth.paint import luminance
from dbnetpp_plugin.datasets.synth.signs import random_style
from dbnetpp_plugin.datasets.synth.texts import SMALLEST, falling, random_face, random_lines
from dbnetpp_plugin.datasets.synth.words import ALPHABET

FONTS = find_fonts()
FONT = load_font(FONTS[0], 40)


def test_ink_fills_what_is_drawn():
    mask, _ = Face(FONT).draw('Hq')
    assert all(side.any() for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def test_ink_lies_about_its_baseline():
    mask, (_, y) = Face(FONT).draw('H')
    assert y + mask.shape[0] == pytest.approx(0, abs=1)
    mask, (_, y) = Face(FONT).draw('p')
    assert y + mask.shape[0] > 5


def test_bounds_are_where_the_ink_is():
    for tracking in (0, 7):
        face = Face(FONT, tracking=tracking)
        left, top, right, bottom = face.bounds('Wag')
        mask, (x, y) = face.draw('Wag')
        np.testing.assert_allclose([y, y + mask.shape[0]], [top, bottom], atol=1)
        # Fonts leave some space before and behind each letter.
        assert left <= x < left + 5
        assert right - 5 < x + mask.shape[1] <= right


def test_weight_makes_letters_fatter_on_all_sides():
    light, start = Face(FONT).draw('H')
    heavy, place = Face(FONT, weight=2).draw('H')
    assert np.subtract(heavy.shape, light.shape).tolist() == [4, 4]
    assert np.subtract(start, place).tolist() == [2, 2]
    np.testing.assert_array_equal(heavy, Face(FONT).draw('H', grow=2)[0])


def test_tracking_sets_letters_apart():
    widths = [Face(FONT, tracking=tracking).draw('HHH')[0].shape[1] for tracking in (0, 10)]
    assert widths[1] - widths[0] == pytest.approx(20, abs=2)


def test_word_without_ink():
    assert Face(FONT).draw(' ')[0].size == 0


@pytest.mark.parametrize(('count', 'expected'), [(1, [1]), (2, [2 / 3, 1 / 3]), (3, [4 / 7, 2 / 7, 1 / 7])])
def test_falling_shares(count, expected):
    np.testing.assert_allclose(falling(count), expected)


def lines_of(options, vocabulary=None, count=300, max_lines=3):
    rng = np.random.default_rng(0)
    return [random_lines(rng, FONTS, options, vocabulary or Vocabulary(), max_lines) for _ in range(count)]


def test_lines_and_words_are_no_more_than_asked_for():
    drawn = lines_of(replace(PLAIN, max_words=2))
    assert {len(lines) for lines, _ in drawn} == {1, 2, 3}
    assert {len(line) for lines, _ in drawn for line in lines} == {1, 2}


@pytest.mark.parametrize('vocabulary', [Vocabulary(), Vocabulary(characters='αβγ', fonts=find_fonts(None, 'αβγ'))])
def test_fonts_have_what_is_written(vocabulary):
    for lines, font in lines_of(RICH, vocabulary):
        assert covers(font, ''.join(word for line in lines for word in line))


@pytest.mark.parametrize('share', [0.0, 1.0])
def test_share_of_varied_words(share):
    drawn = lines_of(replace(PLAIN, varied_words=share))
    text = ''.join(word for lines, _ in drawn for line in lines for word in line)
    assert bool(set(text) - set(ALPHABET)) == bool(share)


@pytest.mark.parametrize(('share', 'low', 'high'), [(0.0, 0.0, 0.0), (0.5, 0.35, 0.65), (1.0, 1.0, 1.0)])
def test_share_of_the_other_script(share, low, high):
    vocabulary = Vocabulary(characters='αβγ', fonts=find_fonts(None, 'αβγ'))
    drawn = lines_of(replace(RICH, other_script=share), vocabulary)
    assert low <= np.mean([set(lines[0][0]) <= set('αβγ') for lines, _ in drawn]) <= high


def test_simple_words_where_no_font_has_the_varied_ones(tmp_path):
    tex = tuple(font for font in FONTS if font.name == 'cmr10.ttf')
    rng = np.random.default_rng(0)
    words = [random_lines(rng, tex, replace(RICH, varied_words=1.0), Vocabulary(), 1)[0][0][0] for _ in range(200)]
    assert covers(tex[0], ''.join(words))


def face_of(options, text_size=30.0, room=(1000.0, 1000.0), seed=0):
    return random_face(np.random.default_rng(seed), FONTS[0], [['word', 'and']], text_size, room, options)


@pytest.mark.parametrize(('option', 'name'), [('bold', 'weight'), ('tracked', 'tracking')])
def test_shares_of_changed_letters(option, name):
    values = [[getattr(face_of(replace(PLAIN, **{option: share}), seed=seed)[0], name) for seed in range(20)]
              for share in (0.0, 1.0)]
    assert not any(values[0])
    assert sum(value > 0 for value in values[1]) > 10


@pytest.mark.parametrize('room', [(60.0, 1000.0), (1000.0, 12.0)])
def test_letters_get_smaller_to_fit(room):
    assert face_of(PLAIN)[0].size == 30
    for seed in range(20):
        face, _ = face_of(PLAIN, room=room, seed=seed)
        assert SMALLEST <= face.size < 30


def styles(options, edged=True, legible=True):
    ground = np.full((50, 3), 200, np.uint8)
    return [random_style(np.random.default_rng(seed), ground, (20, 60), 20, edged, legible, options)
            for seed in range(40)]


def test_letters_differ_from_what_is_behind():
    for share, low, high in ((0.0, 70, 256), (1.0, 35, 256)):
        contrasts = [abs(luminance(style.colour) - 200) for style in styles(replace(PLAIN, low_contrast=share), False)]
        assert low <= min(contrasts)
        assert max(contrasts) < high
    faint, clear = ([abs(luminance(style.colour) - 200) for style in styles(replace(PLAIN, low_contrast=share), False)]
                    for share in (1.0, 0.0))
    assert np.min(faint) < 70 <= np.min(clear)


def test_textured_letters_are_pictures():
    assert {style.colour.ndim for style in styles(replace(PLAIN, textured=0.0))} == {1}
    assert {style.colour.shape for style in styles(replace(PLAIN, textured=1.0))} == {(20, 60, 3)}


def test_hollow_letters_have_an_edge():
    assert all(style.hollow for style in styles(replace(PLAIN, hollow=1.0)))
    assert not any(style.hollow for style in styles(replace(PLAIN, hollow=0.0)))
    assert not any(style.hollow for style in styles(replace(PLAIN, hollow=1.0), edged=False))
    # What is seen of them alone differs enough from what is behind.
    assert min(abs(luminance(style.edge_colour) - 200) for style in styles(replace(PLAIN, hollow=1.0))) >= 35


def test_letters_that_cannot_be_read_are_blurred():
    assert all(style.blur == 0 for style in styles(PLAIN))
    assert all(0.12 * 20 <= style.blur <= 0.25 * 20 for style in styles(PLAIN, legible=False))
