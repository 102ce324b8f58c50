import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dbnetpp_plugin.geometry.coverage import Coverage
from dbnetpp_plugin.geometry.outlines import Outlines, Windows

SIZE = (12, 9)  # columns, rows


def whole_image(count):
    return Windows(np.zeros((count, 2), np.int64), np.tile(SIZE, (count, 1)))


def covered(*rings):
    return Coverage(Outlines([rings]), whole_image(1))[0]


@pytest.mark.parametrize('points', [
    [[2, 3], [6, 3], [6, 7], [2, 7]],
    [[1.01, 2.01], [5.99, 2.01], [5.99, 6.99], [1.01, 6.99]],
])  # fmt: skip
@pytest.mark.parametrize('direction', [1, -1])
def test_a_box_has_the_pixels_between_its_sides(points, direction):
    """Of pixels on the sides those on the left and upper ones belong to it, so that neighbours share none."""
    expected = np.zeros((9, 12), bool)
    expected[3:7, 2:6] = True
    np.testing.assert_array_equal(covered(np.array(points, float)[::direction]), expected)


def test_neighbours_share_no_pixel_and_miss_none():
    left, right = [[0, 0], [5, 0], [7, 9], [0, 9]], [[5, 0], [12, 0], [12, 9], [7, 9]]
    counts = covered(np.array(left, float)).astype(int) + covered(np.array(right, float))
    np.testing.assert_array_equal(counts, 1)


def test_holes_are_open():
    outer = np.array([[0, 0], [12, 0], [12, 9], [0, 9]], float)
    hole = np.array([[3, 3], [3, 6], [8, 6], [8, 3]], float)
    expected = np.ones((9, 12), bool)
    expected[3:6, 3:8] = False
    np.testing.assert_array_equal(covered(outer, hole), expected)


def test_each_polygon_has_its_own_window():
    boxes = [np.array([[x, 1], [x + 3, 1], [x + 3, 5], [x, 5]], float) for x in (1, 20, 4)]
    windows = Windows(np.array([[0, 0], [12, 0], [5, 1]]), np.array([[5, 6], [12, 9], [12, 9]]))
    coverage = Coverage(Outlines([[box] for box in boxes]), windows)
    assert [coverage[index].shape for index in range(3)] == [(6, 5), (9, 0), (8, 7)]
    np.testing.assert_array_equal(coverage[0], np.pad(np.ones((4, 3), bool), ((1, 1), (1, 1))))
    np.testing.assert_array_equal(coverage[2], np.pad(np.ones((4, 2), bool), ((0, 4), (0, 5))))


@pytest.mark.parametrize('size', [1e3, 1e9, 1e30])
def test_a_polygon_larger_than_the_window_fills_it(size):
    assert covered(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * size).all()


@settings(deadline=None, derandomize=True)
@given(st.lists(
    hnp.arrays(np.float64, st.tuples(st.integers(3, 8), st.just(2)), elements=st.floats(-10, 20, width=16)), min_size=1
))  # fmt: skip
def test_against_shapely(polygons):
    polygons = [points for points in polygons if shapely.Polygon(points).is_valid] or [np.array(SIZE) * np.eye(3, 2)]
    coverage = Coverage(Outlines([[points] for points in polygons]), whole_image(len(polygons)))
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(float)
    for index, points in enumerate(polygons):
        is_clear = shapely.distance(shapely.LinearRing(points), shapely.points(x, y)) > 1e-9
        expected = shapely.contains_xy(shapely.Polygon(points), x, y)
        np.testing.assert_array_equal(coverage[index][is_clear], expected[is_clear])
