"""Pages made of boxes, in the order they are made to be read in."""

import math

import numpy as np
import pytest

from dbnetpp_plugin.reading.reading_order import reading_order


def box(x: float, y: float, width: float, height: float = 20) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def turned(polygons: list[np.ndarray], degrees: float) -> list[np.ndarray]:
    """Clockwise, about the corner of the page."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [polygon @ np.array([[cos, sin], [-sin, cos]]) for polygon in polygons]


def paragraph(x: float, y: float, lines: int, rng: np.random.Generator, width: float = 400,
              spacing: float = 32) -> list[np.ndarray]:
    """Running text, in reading order."""
    words = []
    for line in range(lines):
        left = x
        while left < x + width - 60:
            length = min(rng.uniform(30, 110), x + width - left)
            words.append(box(left, y + line * spacing, length))
            left += length + 8
    return words


def assert_read_in_order(words: list[np.ndarray], rng: np.random.Generator) -> None:
    """Whatever the order they are given in."""
    for _ in range(3):
        given = rng.permutation(len(words))
        order = reading_order([words[i] for i in given])
        assert [int(given[i]) for i in order] == list(range(len(words)))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize('gap', [10, 60, 400])
@pytest.mark.parametrize('degrees', [0, 3, -12, 30, -40])
def test_grid_is_read_row_by_row(gap, degrees, rng):
    assert_read_in_order(turned([box(x * (80 + gap), y * 45, 80) for y in range(5) for x in range(4)], degrees), rng)


@pytest.mark.parametrize('degrees', [0, 2, -5, 17, -33])
def test_paragraph(degrees, rng):
    assert_read_in_order(turned(paragraph(50, 40, 12, rng), degrees), rng)


@pytest.mark.parametrize('degrees', [0, 4, -9])
@pytest.mark.parametrize('shift', [0, 11])
def test_two_columns_with_title_and_footer(degrees, shift, rng):
    """Also where the lines of the second column stand between those of the first."""
    title, footer = [box(200, 0, 300, 40), box(510, 0, 250, 40)], [box(100, 460, 300), box(410, 460, 400)]
    words = [*title, *paragraph(40, 80, 11, rng), *paragraph(500, 80 + shift, 10, rng), *footer]
    assert_read_in_order(turned(words, degrees), rng)


def test_three_columns(rng):
    words = [word for x in (0, 450, 900) for word in paragraph(x, 0, 8, rng)]
    assert_read_in_order(words, rng)


def test_prices_stay_with_what_they_are_the_price_of(rng):
    items = [[box(0, y * 40, 100), box(110, y * 40, 90), box(500, y * 40, 50)] for y in range(6)]
    assert_read_in_order([word for line in items for word in line], rng)


def test_two_lines_beside_each_other_are_no_columns(rng):
    words = [*paragraph(0, 0, 1, rng), *paragraph(450, 0, 1, rng), *paragraph(0, 32, 1, rng),
             *paragraph(450, 32, 1, rng)]
    assert_read_in_order(words, rng)


def test_different_heights_on_one_line(rng):
    words = [box(0, 10, 100, 20), box(120, 0, 100, 36), box(240, 14, 40, 12), box(0, 50, 60, 30), box(80, 58, 100, 16)]
    assert_read_in_order(words, rng)


@pytest.mark.parametrize(('shift', 'is_one_line'), [(9, True), (11, False)])
def test_words_share_half_their_height_to_be_on_one_line(shift, is_one_line):
    """Half of 20: below it the second is read second; above, it is a line of its own, and here the upper one."""
    order = reading_order([box(0, 0, 100), box(110, -shift, 100)])
    assert order == ([0, 1] if is_one_line else [1, 0])


def test_line_that_rises_and_bends(rng):
    """Each word stands at the height of its neighbours, and the last one above the beginning of the line above."""
    x = np.arange(10)
    lines = [[box(80 * i, y - 4 * i - 0.25 * i**2, 70) for i in x] for y in (100, 140, 180)]
    assert_read_in_order([word for line in lines for word in line], rng)


def test_polygons_of_many_points(rng):
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ellipse = np.stack([40 * np.cos(angles), 10 * np.sin(angles)], 1)
    assert_read_in_order([ellipse + np.array([x * 100, y * 40]) for y in range(3) for x in range(3)], rng)


def test_same_place_is_in_order_of_the_list():
    assert reading_order([box(0, 50, 90), box(0, 0, 90), box(0, 0, 90)]) == [1, 2, 0]


def test_what_is_no_outline_comes_last():
    nothing = [np.full((4, 2), np.nan), np.empty((0, 2))]
    assert reading_order([nothing[0], box(0, 50, 90), nothing[1], box(0, 0, 90)]) == [3, 1, 0, 2]
    assert reading_order(nothing) == [0, 1]
    assert reading_order([]) == []


def test_points_without_extent_have_a_place():
    assert reading_order([np.full((4, 2), 70.0), np.zeros((4, 2))]) == [1, 0]
