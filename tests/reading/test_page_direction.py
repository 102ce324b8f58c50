"""Which way up a page is."""

import numpy as np
import pytest

from dbnetpp_plugin.reading.crops import text_crop
from dbnetpp_plugin.reading.page_direction import (
    SAMPLE,
    directions,
    page_direction,
    sample_lines,
    turn_image,
    turn_points,
)

NOISE = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)


def rectangle(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.float32([(left, top), (right, top), (right, bottom), (left, bottom)])


@pytest.mark.parametrize('quarters', range(4))
def test_points_go_where_their_pixels_go(quarters):
    turned = turn_image(NOISE, quarters)
    points = np.array([[0, 0], [59, 0], [13, 7], [59, 39]])
    (found,) = turn_points([points], NOISE.shape[:2], quarters)
    np.testing.assert_array_equal(turned[found[:, 1], found[:, 0]], NOISE[points[:, 1], points[:, 0]])
    (back,) = turn_points([found], turned.shape[:2], -quarters)
    np.testing.assert_array_equal(back, points)


def test_the_highest_total_wins():
    assert page_direction([(0, 1.0), (2, 3.0), (0, 1.5), (2, 0.1), (1, 2.9)]) == 2
    assert page_direction([]) == page_direction([(1, 0.0), (3, 0.0)]) == 0


def test_the_largest_outlines_are_read():
    outlines = [rectangle(0, 0, 10 + i, 10) for i in range(SAMPLE + 3)]
    assert [outline[1, 0] for outline in sample_lines(outlines)] == [10 + i for i in range(SAMPLE + 2, 2, -1)]


@pytest.mark.parametrize(('outline', 'expected'), [
    (rectangle(5, 5, 50, 20), (0, 2)), (rectangle(5, 5, 15, 35), (1, 3)), (rectangle(5, 5, 25, 25), (0, 2))])
def test_lines_run_along_their_longer_side(outline, expected):
    assert directions(text_crop(NOISE, outline)) == expected
