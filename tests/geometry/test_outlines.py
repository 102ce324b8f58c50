import numpy as np
import pytest

from dbnetpp_plugin.geometry.outlines import Outlines, Windows, windows_around

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
TRIANGLE = np.array([[20, 0], [24, 0], [24, 3]], dtype=float)
HOLE = SQUARE[::-1] / 5 + 4


@pytest.fixture
def outlines():
    """A square with a hole, and a triangle."""
    return Outlines([[SQUARE, HOLE], [TRIANGLE]])


def test_edges_close_every_ring(outlines):
    np.testing.assert_array_equal(outlines.start, np.concatenate([SQUARE, HOLE, TRIANGLE]))
    expected = [np.roll(ring, -1, axis=0) for ring in (SQUARE, HOLE, TRIANGLE)]
    np.testing.assert_array_equal(outlines.end, np.concatenate(expected))
    np.testing.assert_array_equal(outlines.owner, [0] * 8 + [1] * 3)


def test_measures(outlines):
    np.testing.assert_array_equal(outlines.edges, [8, 3])
    np.testing.assert_array_equal(outlines.first, [0, 8])
    np.testing.assert_allclose(outlines.area, [100 - 4, 6])
    np.testing.assert_allclose(outlines.perimeter, [40 + 8, 12])
    np.testing.assert_array_equal(outlines.least, [[0, 0], [20, 0]])
    np.testing.assert_array_equal(outlines.greatest, [[10, 10], [24, 3]])


def test_area_does_not_depend_on_the_place():
    assert Outlines([[TRIANGLE / 16 + 2.0**30]]).area.tolist() == [6 / 256]


@pytest.mark.parametrize(('points', 'expected'), [
    (SQUARE, True),
    (SQUARE[::-1], True),
    ([[0, 0], [10, 0], [4, 4], [0, 10]], False),  # concave
    ([[0, 0], [10, 10], [10, 0], [0, 10]], False),  # crosses itself
    ([[0, 0], [5, 0], [10, 0], [0, 10]], False),  # a collinear corner: not certain
    ([[0, 0], [10, 0], [10, 0], [0, 10]], False),
    (TRIANGLE, False),
    ([[0, -9], [6, 8], [-9, -3], [9, -3], [-6, 8]], False),  # a pentagram turns the same way and crosses itself
])  # fmt: skip
def test_convex_quads(points, expected):
    outlines = Outlines([[SQUARE * 2], [np.array(points, float)], [SQUARE + 3]])
    assert outlines.are_convex_quads.tolist() == [True, expected, True]


def limits(count=1):
    return Windows(np.zeros((count, 2), np.int64), np.tile([20, 10], (count, 1)))


@pytest.mark.parametrize(('least', 'greatest', 'first', 'last'), [
    ((2, 3), (5, 6), (2, 3), (6, 7)),  # both ends belong to it
    ((2.1, 2.9), (4.9, 5.1), (3, 3), (5, 6)),
    ((-5, -1e30), (1e30, 50), (0, 0), (20, 10)),
    ((2.1, 2.1), (2.9, 2.9), (3, 3), (3, 3)),  # no pixel between
])  # fmt: skip
def test_windows_around(least, greatest, first, last):
    windows = windows_around(np.array([least]), np.array([greatest]), limits())
    np.testing.assert_array_equal(windows.first, [first])
    np.testing.assert_array_equal(windows.last, [last])


@pytest.mark.parametrize('corner', [(-9, 2), (30, 2), (3, -9), (3, 30)])
def test_windows_outside_the_limits_are_empty(corner):
    windows = windows_around(np.array([corner], float), np.array([corner], float) + 4, limits())
    assert windows.pixels.tolist() == [0]
    [(rows, columns)] = windows.slices()
    assert np.zeros((10, 20))[rows, columns].size == 0


def test_slices_are_rows_before_columns():
    windows = Windows(np.array([[1, 2], [0, 0]]), np.array([[4, 8], [20, 10]]))
    assert windows.slices() == [(slice(2, 8), slice(1, 4)), (slice(0, 10), slice(0, 20))]
    assert windows.size.tolist() == [[3, 6], [20, 10]]
    assert windows.pixels.tolist() == [18, 200]
