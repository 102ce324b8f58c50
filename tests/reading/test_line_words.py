"""Dividing lines into words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.geometry.polygons import area, signed_area
from dbnetpp_plugin.geometry.straighten import TextEdges
from dbnetpp_plugin.reading.line_words import between, split_line


def monospaced(text: str) -> np.ndarray:
    """Middles of characters of the same width that fill the line."""
    return (np.arange(len(text)) + 0.5) / len(text)


def split(text: str, middles: np.ndarray | None = None) -> list:
    return split_line(list(text), np.ones(len(text)), monospaced(text) if middles is None else middles)


def test_words_of_a_monospaced_line_begin_and_end_a_tenth_of_a_character_beyond_their_own():
    words = split('ab cde f')
    assert [word.text for word in words] == ['ab', 'cde', 'f']
    np.testing.assert_allclose([word[2:] for word in words], [(0, 2.1 / 8), (2.9 / 8, 6.1 / 8), (6.9 / 8, 1)])


def test_scores_are_means_over_the_characters_of_a_word():
    words = split_line(list('ab c'), np.array([0.5, 0.7, 0.1, 0.9]), monospaced('ab c'))
    assert [word.score for word in words] == pytest.approx([0.6, 0.9])


def test_words_meet_half_way_where_the_space_is_narrow():
    words = split('ab cd', np.array([0.1, 0.4, 0.5, 0.6, 0.9]))
    assert words[0].stop == words[1].start == pytest.approx(0.5)


@pytest.mark.parametrize(('text', 'expected'), [
    ('', []), ('  ', []), ('a', ['a']), (' a ', ['a']), ('a  b', ['a', 'b']), ('a\u3000b', ['a', 'b']),
    ('中国农业银行', ['中国农业银行'])])
def test_which_words(text, expected):
    assert [word.text for word in split(text)] == expected


@given(st.text('ab ', min_size=1, max_size=30), st.data())
def test_words_follow_each_other(text, data):
    steps = data.draw(st.lists(st.floats(0.01, 1), min_size=len(text) + 1, max_size=len(text) + 1))
    places = np.cumsum(steps) / sum(steps)
    words = split(text, places[:-1])
    assert [word.text for word in words] == text.split()
    ends = [end for word in words for end in word[2:]]
    assert ends == sorted(ends)
    assert not ends or (ends[0], ends[-1]) == (0, 1)


STRAIGHT = TextEdges(np.array([[10.0, 20], [110, 20]]), np.array([[10.0, 40], [110, 40]]))


def test_part_of_a_straight_line():
    np.testing.assert_allclose(between(STRAIGHT, 0.2, 0.5), [[30, 20], [60, 20], [60, 40], [30, 40]])
    np.testing.assert_allclose(between(STRAIGHT, 0, 1), [[10, 20], [110, 20], [110, 40], [10, 40]])


def arc(radius: float) -> np.ndarray:
    angles = np.linspace(-np.pi, 0, 181)
    return np.stack([200 + radius * np.cos(angles), 200 + radius * np.sin(angles)], axis=1)


def test_parts_of_a_bent_line_are_sectors():
    """A third of a half ring has a third of its area, and lies where it should."""
    outline = between(TextEdges(arc(100), arc(60)), 1 / 3, 2 / 3)
    assert signed_area(outline) > 0
    assert area(outline) == pytest.approx(np.pi * (100**2 - 60**2) / 6, rel=1e-3)
    angles = np.arctan2(outline[:, 1] - 200, outline[:, 0] - 200)
    assert np.degrees([angles.min(), angles.max()]) == pytest.approx([-120, -60])
