import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dbnetpp_plugin.geometry.offset import ARC_TOLERANCE, largest, offset, shrink_distance, unclip_distance
from dbnetpp_plugin.geometry.polygons import area, is_valid

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
DUMBBELL = np.array(
    [[0, 0], [10, 0], [10, 4], [20, 4], [20, 0], [34, 0], [34, 10], [20, 10], [20, 6], [10, 6], [10, 10], [0, 10]],
    dtype=float,
)


def test_distances_of_a_rectangle():
    rectangle = np.array([[0, 0], [30, 0], [30, 10], [0, 10]], dtype=float)
    assert shrink_distance(rectangle, 0.4) == pytest.approx(300 * (1 - 0.16) / 80)
    assert unclip_distance(rectangle, 1.5) == pytest.approx(300 * 1.5 / 80)


def test_distances_without_a_perimeter_are_zero():
    point = np.ones((3, 2))
    assert shrink_distance(point, 0.4) == 0
    assert unclip_distance(point, 1.5) == 0


@pytest.mark.parametrize('points', [SQUARE, SQUARE[::-1]], ids=['clockwise', 'counter-clockwise'])
@pytest.mark.parametrize('distance', [0.1, 1 / 3, 2.7, 4.99])
def test_shrinking_moves_every_side_in(points, distance):
    [shrunk] = offset(points, -distance)
    corners = np.concatenate([shrunk.min(axis=0), shrunk.max(axis=0)])
    np.testing.assert_allclose(corners, [distance, distance, 10 - distance, 10 - distance], atol=2e-5)
    assert len(shrunk) == 4


@pytest.mark.parametrize(('distance', 'parts'), [(4.99, 1), (5, 0), (5.01, 0), (1000, 0)])
def test_nothing_is_left_from_the_inradius_on(distance, parts):
    assert len(offset(SQUARE, -distance)) == parts


@pytest.mark.parametrize('distance', [0.5, 2, 15])
def test_growing_adds_the_sides_and_a_disc(distance):
    [grown] = offset(SQUARE, distance)
    exact = 100 + 40 * distance + math.pi * distance**2  # Steiner's formula
    # Chords lie inside the arcs, by at most the tolerance along the whole circle.
    assert exact - 2 * math.pi * distance * ARC_TOLERANCE < area(grown) < exact
    np.testing.assert_allclose(grown.max(axis=0), 10 + distance, atol=1e-4)


def test_no_distance_leaves_collinear_points_out():
    [same] = offset(np.array([[0, 0], [5, 0], [10, 0], [10, 10], [0, 10]], dtype=float), 0)
    assert len(same) == 4
    assert area(same) == 100


def test_all_parts_come_back_when_shrinking_splits():
    parts = offset(DUMBBELL, -2)
    assert len(parts) == 2
    # 6 x 6 and 10 x 6, each with a small nose where the bar, 2 high, joins; its round flanks meet 2 px into it.
    assert sorted(area(part) for part in parts) == pytest.approx([36.23, 60.23], abs=0.05)
    assert area(largest(parts)) == max(area(part) for part in parts)


def test_a_hole_that_closes_up_is_filled():
    outside, inside = [[30, 16], [30, 30], [0, 30], [0, 0], [30, 0], [30, 14]], [[25, 14], [25, 5], [5, 5], [5, 25]]
    c_shape = np.array([*outside, *inside, [25, 25], [25, 16]], dtype=float)
    [grown] = offset(c_shape, 3)
    assert area(grown) == pytest.approx(36**2 - (4 - math.pi) * 9, rel=0.01)


@pytest.mark.parametrize('shift', [-1e3, 1e6 + 0.25, 1e9])
def test_far_from_the_origin(shift):
    np.testing.assert_allclose(offset(SQUARE + shift, -1)[0] - shift, offset(SQUARE, -1)[0], atol=1e-4)


@pytest.mark.parametrize('scale', [1e5, 1e12, 1e30])
def test_larger_than_any_image(scale):
    [shrunk] = offset(SQUARE * scale, -scale)
    assert area(shrunk) == pytest.approx(64 * scale**2)


@pytest.mark.parametrize('points', [np.ones((3, 2)), np.array([[0, 0], [5, 5], [9, 9.0]])], ids=['point', 'line'])
def test_without_area_nothing_is_left_to_shrink(points):
    assert offset(points, -1) == []


def test_largest_of_none():
    with pytest.raises(ValueError, match='largest of no polygons'):
        largest([])


@st.composite
def concave_polygons(draw):
    """Star-shaped polygons in either direction, on a grid of sixteenths of a pixel."""
    angles = sorted(draw(st.lists(st.floats(0, 6.25), min_size=3, max_size=10, unique=True)))
    radii = draw(st.lists(st.floats(2, 50), min_size=len(angles), max_size=len(angles)))
    points = np.array([[r * math.cos(a), r * math.sin(a)] for a, r in zip(angles, radii, strict=True)])
    return np.rint(points * 16)[:: draw(st.sampled_from([1, -1]))] / 16


@settings(deadline=None, derandomize=True)
@given(concave_polygons(), st.floats(0.1, 10), st.sampled_from([1, -1]))
def test_against_shapely(points, distance, sign):
    assume(is_valid(points))
    before = points.copy()
    parts = offset(points, sign * distance)
    np.testing.assert_array_equal(points, before)
    exact = shapely.Polygon(points).buffer(sign * distance, quad_segs=64)
    if sign > 0:
        exact = shapely.Polygon(exact.exterior)
    got = shapely.union_all([shapely.Polygon(part).buffer(0) for part in parts])
    # Within the tolerance of each other, but for slivers thinner than that.
    slack = ARC_TOLERANCE + 2e-3
    assert exact.buffer(-slack / 2).difference(got.buffer(slack)).area < 1e-6
    assert got.buffer(-slack / 2).difference(exact.buffer(slack)).area < 1e-6
