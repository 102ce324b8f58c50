"""Outlines against their image."""

import numpy as np
import pytest

from dbnetpp_plugin.geometry.placement import excess, exchanged, far_outside, times_size


@pytest.mark.parametrize(('box', 'expected', 'far'), [
    ((1, 2, 199, 98), -1, False), ((0, 0, 200, 100), 0, False), ((-3, 0, 5, 5), 3, False), ((0, -11, 50, 50), 11, True),
    ((0, 0, 210, 5), 10, False), ((0, 0, 211, 5), 11, True), ((198, 5, 206, 9), 6, True), ((5, 96, 9, 108), 8, True)])
def test_box_that_leaves_the_image(box, expected, far):
    assert excess([box], 200, 100).tolist() == [expected]
    assert far_outside([box], 200, 100).tolist() == [far]


def test_no_boxes_and_no_size():
    assert excess([], 200, 100).shape == far_outside([], 200, 100).shape == (0,)
    assert excess([(5, 5, 900, 900)], np.inf, np.inf).tolist() == [-5]


def test_other_meanings():
    points = np.array([(0.5, 0.25)])
    assert exchanged(points).tolist() == [[0.25, 0.5]]
    assert times_size(points, 200, 100).tolist() == [[100, 25]]
