import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from label_map_oracle import winds_around

from dbnetpp_plugin.geometry.polygons import (
    are_valid,
    area,
    as_points,
    clip_to_rectangle,
    drop_repeated_points,
    is_valid,
    perimeter,
    repair,
    short_side,
    signed_area,
    simple_rings,
    strip_height,
)

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)  # clockwise on the screen
BOW_TIE = np.array([[0, 0], [10, 10], [10, 0], [0, 10]], dtype=float)
ANY_POLYGON = hnp.arrays(np.float64, st.tuples(st.integers(3, 9), st.just(2)), elements=st.integers(-8, 8))


def ring_of_text(turns):
    """Outline of text 10 wide on a circle of mean radius 15, whose ends meet or overlap from one turn on."""
    angle = np.linspace(0, 2 * np.pi * turns, 60)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([20 * circle, 10 * circle[::-1]])


@pytest.mark.parametrize('polygon', [
    [0, 0, 4, 0, 4, 3],
    (0.0, 0.0, 4.0, 0.0, 4.0, 3.0),
    [[0, 0], [4, 0], [4, 3]],
    np.array([0, 0, 4, 0, 4, 3], dtype=np.float32),
])  # fmt: skip
def test_as_points_takes_flat_and_paired_coordinates(polygon):
    points = as_points(polygon)
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, [[0, 0], [4, 0], [4, 3]])


def test_as_points_copies():
    points = as_points(SQUARE)
    points += 1
    np.testing.assert_array_equal(SQUARE[0], [0, 0])


@pytest.mark.parametrize(('polygon', 'message'), [
    ([0, 0, 1, 1, 2], r'x1, y1, x2, y2, \.\.\. or have shape \(K, 2\), got shape \(5,\)'),
    (np.zeros((4, 3)), r'have shape \(K, 2\), got shape \(4, 3\)'),
    ([0, 0, 1, 1], 'at least 3 points, got 2'),
    ([], 'at least 3 points, got 0'),
    ([0, 0, 1, np.nan, 2, 2], 'finite coordinates, got .*nan'),
    ([0, 0, 1, np.inf, 2, 2], 'finite coordinates, got .*inf'),
])  # fmt: skip
def test_as_points_refuses(polygon, message):
    with pytest.raises(ValueError, match=message):
        as_points(polygon)


def test_signed_area_is_positive_clockwise_on_the_screen():
    assert signed_area(SQUARE) == 100
    assert signed_area(SQUARE[::-1]) == -100
    assert area(SQUARE[::-1]) == 100


def test_area_does_not_depend_on_the_place():
    triangle = np.array([[0, 0], [0.5, 0], [0, 0.5]])
    assert area(triangle + 2.0**30) == 0.125


def test_perimeter_closes_the_outline():
    assert perimeter(np.array([[0, 0], [4, 0], [4, 3]])) == 4 + 3 + 5


@pytest.mark.parametrize('angle', [0, 0.3, math.pi / 2, 2])
def test_short_side_of_a_rotated_rectangle(angle):
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    rectangle = np.array([[0, 0], [30, 0], [30, 7], [0, 7]]) @ rotation.T + 1000
    assert short_side(rectangle) == pytest.approx(7, abs=1e-3)


def test_short_side_without_area():
    assert short_side(np.array([[0, 0], [5, 5], [9, 9]])) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(('width', 'height'), [(40, 9), (9, 40), (12, 12)])
def test_strip_height_of_a_rectangle(width, height):
    rectangle = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    assert strip_height(rectangle) == pytest.approx(min(width, height))


def test_strip_height_of_a_bent_strip():
    # Half a ring of radii 10 and 20: area 150 pi and half perimeter 15 pi + 10, as a rectangle of 15 pi x 10.
    assert strip_height(ring_of_text(0.5)) == pytest.approx(10, rel=0.01)


def test_strip_height_of_a_circle_is_the_side_of_the_square_of_its_perimeter():
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    circle = 10 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert strip_height(circle) == pytest.approx(20 * np.pi / 4, rel=0.01)


@pytest.mark.parametrize(('points', 'expected'), [
    (SQUARE, True),
    (SQUARE[::-1], True),
    (np.repeat(SQUARE, 2, axis=0), True),  # repeated points do no harm
    (BOW_TIE, False),
    (np.array([[0, 0], [5, 5], [9, 9]]), False),
    (np.array([[0, 0], [5, 5], [0, 0]]), False),
    (np.array([[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]]), False),  # touches itself
])  # fmt: skip
def test_is_valid(points, expected):
    assert is_valid(points) is expected


def test_are_valid():
    polygons = [SQUARE, BOW_TIE, SQUARE[:3], np.repeat(SQUARE, 2, axis=0), np.ones((3, 2))]
    assert are_valid(polygons) == [is_valid(points) for points in polygons] == [True, False, True, True, False]
    assert are_valid([]) == []


def test_drop_repeated_points_looks_around_the_end():
    np.testing.assert_array_equal(drop_repeated_points(np.repeat(SQUARE, 3, axis=0)), SQUARE)
    np.testing.assert_array_equal(drop_repeated_points(np.concatenate([SQUARE, SQUARE[:1]])), np.roll(SQUARE, -1, 0))


def test_repair_keeps_a_valid_polygon_point_by_point():
    concave = np.array([[0, 0], [10, 0], [10, 10], [5, 1], [0, 10], [0, 5]], dtype=float)  # one point is collinear
    [kept] = repair(concave)
    np.testing.assert_array_equal(kept, concave)


def test_repair_splits_a_bow_tie_into_its_two_triangles():
    parts = repair(BOW_TIE)
    assert [signed_area(part) for part in parts] == [25, 25]


def test_repair_puts_the_largest_part_first():
    lopsided = np.array([[12, 12], [12, 8], [8, 12], [0, 0]], dtype=float)  # crosses itself at (10, 10)
    assert [area(part) for part in repair(lopsided)] == [20, 4]


def test_repair_covers_what_is_run_around_twice():
    pentagram = np.array([[math.sin(k * 0.8 * math.pi), math.cos(k * 0.8 * math.pi)] for k in range(5)])
    [star] = repair(pentagram)
    # The outline of a pentagram in a circle of radius 1: ten triangles from the centre, to tips and inner corners.
    inner = math.cos(0.4 * math.pi) / math.cos(0.2 * math.pi)
    assert area(star) == pytest.approx(10 * 0.5 * inner * math.sin(0.2 * math.pi))


@pytest.mark.parametrize('direction', [1, -1])
@pytest.mark.parametrize('first', range(5))
def test_repair_covers_what_lies_beside_an_edge_run_along_three_times(first, direction):
    """From one of its points on, shapely.make_valid with the method 'structure' makes nothing of this."""
    spiked = np.array([[0, 10], [10, 10], [0, 10], [0, 0], [10, 10]], dtype=float)
    [triangle] = repair(np.roll(spiked, first, axis=0)[::direction])
    assert area(triangle) == 50
    assert perimeter(triangle) == pytest.approx(20 + math.sqrt(200))


def test_an_edge_between_opposite_directions_is_no_outline():
    """Two squares, run around in opposite directions; make_valid with the method 'structure' leaves them apart."""
    squares = np.array([[10, 0], [10, 10], [0, 10], [0, 0], [10, 0], [10, 10], [20, 10], [20, 0]], dtype=float)
    [both] = simple_rings(squares)
    assert area(both) == 200
    assert perimeter(both) == 60


def test_a_loop_inside_in_the_same_direction_is_covered_and_in_the_other_a_hole():
    outer, inner = 2 * SQUARE, SQUARE + 5
    same, other = (np.concatenate([outer, outer[:1], loop, loop[:1]]) for loop in (inner, inner[::-1]))
    assert [signed_area(ring) for ring in simple_rings(same)] == [400]
    assert [signed_area(ring) for ring in simple_rings(other)] == [400, -100]


def test_running_around_twice_covers_once():
    assert [area(ring) for ring in simple_rings(np.tile(SQUARE, (2, 1)))] == [100]


def test_rings_keep_the_hole_of_text_on_a_full_circle():
    outline, hole = simple_rings(ring_of_text(1.1))
    assert signed_area(outline) == pytest.approx(math.pi * 400, rel=0.01)
    assert signed_area(hole) == pytest.approx(-math.pi * 100, rel=0.01)
    [filled] = repair(ring_of_text(1.1))
    assert area(filled) == area(outline)


@pytest.mark.parametrize('points', [
    [[0, 0], [5, 5], [9, 9]],  # collinear
    [[1, 1], [1, 1], [1, 1]],  # one point
    [[0, 0], [0, 0], [10, 10]],  # two points
    [[0, 0], [10, 0], [0, 0], [10, 0]],  # there and back
])  # fmt: skip
def test_nothing_is_left_of_a_polygon_without_area(points):
    assert repair(np.array(points, dtype=float)) == []
    assert simple_rings(np.array(points, dtype=float)) == []
    assert clip_to_rectangle(np.array(points, dtype=float), (-20, -20, 20, 20)) == []


def test_repair_cuts_off_spikes():
    spiked = np.array([[0, 0], [10, 0], [25, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
    [square] = repair(spiked)
    assert area(square) == 100
    assert perimeter(square) == 40


@settings(deadline=None, derandomize=True)
@given(ANY_POLYGON)
def test_rings_and_repair_against_winding_numbers(points):
    before = points.copy()
    rings, parts = simple_rings(points), repair(points)
    np.testing.assert_array_equal(points, before)
    outlines = [shapely.Polygon(ring) for ring in rings if signed_area(ring) > 0]
    holes = shapely.union_all([shapely.Polygon(ring) for ring in rings if signed_area(ring) < 0])
    covered = shapely.difference(shapely.union_all(outlines), holes)
    # Nothing lies over or along anything else.
    assert sum(signed_area(ring) for ring in rings) == pytest.approx(covered.area, abs=1e-9)
    assert sum(perimeter(ring) for ring in rings) == pytest.approx(covered.length, abs=1e-9)
    assert all(is_valid(part) for part in parts)
    assert shapely.union_all([shapely.Polygon(part) for part in parts]).symmetric_difference(
        shapely.union_all(outlines)).area == pytest.approx(0, abs=1e-9)  # fmt: skip
    # Places that no edge runs through.
    x, y = np.mgrid[-8:8:0.5, -8:8:0.5] + [[[0.2393]], [[0.2917]]]
    is_clear = shapely.distance(shapely.LinearRing(points), shapely.points(x, y)) > 1e-3
    np.testing.assert_array_equal(shapely.contains_xy(covered, x, y)[is_clear], winds_around(points, x, y)[is_clear])


def test_clip_keeps_what_is_inside():
    [kept] = clip_to_rectangle(SQUARE, (0, 0, 10, 10))
    np.testing.assert_array_equal(kept, SQUARE)


def test_clip_cuts_at_the_sides():
    [part] = clip_to_rectangle(SQUARE, (4, -5, 7, 100))
    np.testing.assert_array_equal(np.concatenate([part.min(axis=0), part.max(axis=0)]), [4, 0, 7, 10])
    assert signed_area(part) == 30


def test_clip_returns_every_part():
    c_shape = np.array([[0, 0], [9, 0], [9, 2], [2, 2], [2, 8], [9, 8], [9, 11], [0, 11]], dtype=float)
    parts = clip_to_rectangle(c_shape, (5, -1, 20, 20))
    assert [area(part) for part in parts] == [12, 8]


@pytest.mark.parametrize('rectangle', [(10, 0, 20, 10), (10, 10, 20, 20), (50, 50, 60, 60)])
def test_clip_drops_what_only_touches(rectangle):
    assert clip_to_rectangle(SQUARE, rectangle) == []


@pytest.mark.parametrize('rectangle', [(5, 0, 5, 10), (0, 6, 10, 5), (0, 0, math.nan, 5)])
def test_clip_refuses_a_rectangle_without_area(rectangle):
    with pytest.raises(ValueError, match='x0 < x1 and y0 < y1, got'):
        clip_to_rectangle(SQUARE, rectangle)


def test_clip_of_a_polygon_larger_than_any_image():
    [part] = clip_to_rectangle((SQUARE - 5) * 1e9, (0, 0, 640, 480))
    assert area(part) == pytest.approx(640 * 480)


@settings(deadline=None, derandomize=True)
@given(ANY_POLYGON, st.tuples(*[st.integers(-9, 9)] * 4))
def test_clip_against_shapely(points, corners):
    x0, x1, y0, y1 = *sorted(corners[:2]), *sorted(corners[2:])
    assume(x0 < x1 and y0 < y1)
    before = points.copy()
    parts = clip_to_rectangle(points, (x0, y0, x1, y1))
    np.testing.assert_array_equal(points, before)
    filled = shapely.union_all([shapely.Polygon(part) for part in repair(points)])
    assert sum(area(part) for part in parts) == pytest.approx(filled.intersection(shapely.box(x0, y0, x1, y1)).area)
    assert all(is_valid(part) for part in parts)
