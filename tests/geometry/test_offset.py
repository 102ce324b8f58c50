"""Growing and shrinking: formulas, GEOS buffers as the oracle, and outlines that touch, cross or enclose themselves."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dbnetpp_plugin.geometry.offset import ARC_TOLERANCE, grow, offset, shrink_distance, unclip_distance
from dbnetpp_plugin.geometry.polygons import area, is_valid, signed_area

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
DUMBBELL = np.array(
    [[0, 0], [10, 0], [10, 4], [20, 4], [20, 0], [34, 0], [34, 10], [20, 10], [20, 6], [10, 6], [10, 10], [0, 10]],
    dtype=float,
)


# A ring with a gap of 8 pixels in its left side.
OPEN_RING = np.array([[0, 0], [60, 0], [60, 60], [0, 60], [0, 34], [10, 34], [10, 50], [50, 50], [50, 10], [10, 10],
                      [10, 26], [0, 26]])


def test_distances_of_a_rectangle():
    assert shrink_distance(30 * 10, 80, 0.4) == pytest.approx(300 * (1 - 0.16) / 80)
    assert unclip_distance(30 * 10, 80, 1.5) == pytest.approx(300 * 1.5 / 80)


def test_distances_of_many_rectangles():
    areas, perimeters = np.array([300.0, 100.0]), np.array([80.0, 40.0])
    np.testing.assert_allclose(shrink_distance(areas, perimeters, 0.5), [300 * 0.75 / 80, 100 * 0.75 / 40])
    np.testing.assert_allclose(unclip_distance(areas, perimeters, 2.0), [7.5, 5])


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


# --- one outline, grown -----------------------------------------------------------------------------------------------
def distance_between(points: np.ndarray, shape: shapely.Polygon) -> float:
    return shapely.hausdorff_distance(shapely.Polygon(points).exterior, shape.exterior, densify=0.05)


def grown_by_geos(points: np.ndarray, distance: float) -> shapely.Polygon:
    return shapely.Polygon(shapely.Polygon(points).buffer(distance, quad_segs=64).exterior)


@pytest.mark.parametrize('outline', [SQUARE, SQUARE[::-1], SQUARE.astype(np.int32)],
                         ids=['clockwise', 'anticlockwise', 'whole pixels'])
def test_grown_square(outline):
    grown = grow(outline, 10)
    np.testing.assert_allclose([grown.min(axis=0), grown.max(axis=0)], [[-10, -10], [20, 20]], atol=1e-4)
    # The square, four strips and a disc, less the chords' share of the disc.
    disc = math.pi * 10**2
    assert 100 + 4 * 100 + disc * 0.99 < signed_area(grown) < 100 + 4 * 100 + disc


@pytest.mark.parametrize('arc_tolerance', [0.05, 0.25])
@pytest.mark.parametrize('radius', [0.1, 1, 7, 100])
def test_chords_stay_within_the_tolerance_of_the_arcs(radius, arc_tolerance):
    grown = grow(SQUARE, radius, arc_tolerance)
    corner = grown[(grown > 10).all(axis=1)] - 10  # the points around the lower right corner
    assert np.hypot(*corner.T) == pytest.approx(radius, abs=1e-3)
    middles = (corner[1:] + corner[:-1]) / 2
    assert (radius - np.hypot(*middles.T) <= arc_tolerance + 1e-3).all()


@st.composite
def outlines(draw) -> np.ndarray:
    """Star-shaped about (100, 100), with corners on whole pixels as contours have them."""
    count = draw(st.integers(4, 40))
    radii = draw(st.lists(st.integers(10, 90), min_size=count, max_size=count))
    angles = np.arange(count) * 2 * np.pi / count
    return np.rint(100 + np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.array(radii)[:, None]).astype(np.int32)


@settings(deadline=None, derandomize=True)
@given(outlines(), st.floats(0.5, 40), st.booleans())
def test_as_the_buffer_of_geos(outline, distance, reverse):
    assume(is_valid(outline))
    tolerance = 0.25
    grown = grow(outline[::-1] if reverse else outline, distance, tolerance)
    assert distance_between(grown, grown_by_geos(outline, distance)) < 2 * tolerance
    assert signed_area(grown) > 0


def test_inward_corner_is_a_mitre():
    grown = grow(np.array([[0, 0], [60, 0], [60, 20], [20, 20], [20, 60], [0, 60]]), 5)
    assert np.abs(grown - [25, 25]).sum(axis=1).min() == pytest.approx(0, abs=1e-4)  # (20, 20) moved out both ways


def test_region_that_closes_to_a_ring_keeps_its_outline_and_fills_its_hole():
    """The gap of 8 closes once both its sides have moved by 5, the middle of 40 x 40 does not."""
    assert not shapely.Polygon(grow(OPEN_RING, 3.9)).contains(shapely.Point(30, 30))
    closed = grow(OPEN_RING, 5)
    assert shapely.Polygon(closed).contains(shapely.Point(30, 30))
    assert distance_between(closed, grown_by_geos(OPEN_RING, 5)) < 2 * ARC_TOLERANCE


def test_of_an_outline_that_falls_apart_the_largest_part_stays():
    """A bow tie crosses itself at (24, 24). Its lobes: triangles on the sides of 60 and of 40, heights 36 and 24."""
    bow_tie = np.array([[0, 0], [60, 60], [60, 0], [0, 40]])
    grown = grow(bow_tie, 0.5)
    assert shapely.Polygon(grown).contains(shapely.Point(48, 24))
    assert not shapely.Polygon(grown).contains(shapely.Point(8, 20))
    larger_lobe = 60 * 36 / 2
    assert larger_lobe < signed_area(grown) < larger_lobe + 0.5 * (60 + 2 * 60) + 1


def test_two_blobs_joined_by_a_line_grow_as_one():
    """The contour of two blobs with a bridge one pixel wide runs over the bridge twice."""
    dumbbell = np.array([[0, 0], [20, 0], [20, 10], [40, 10], [40, 0], [60, 0], [60, 20], [40, 20], [40, 10], [20, 10],
                         [20, 20], [0, 20]])
    grown = grow(dumbbell, 3)
    shape = shapely.Polygon(grown)
    assert all(shape.contains(shapely.Point(x, 10)) for x in (10, 30, 50))
    parts = [shapely.box(0, 0, 20, 20), shapely.box(40, 0, 60, 20), shapely.LineString([(20, 10), (40, 10)])]
    expected = shapely.union_all(parts).buffer(3, quad_segs=64)
    assert distance_between(grown, expected) < 2 * ARC_TOLERANCE


def test_line_without_area_that_does_not_grow_stays():
    line = np.array([[0, 0], [10, 0], [20, 0], [10, 0]])
    np.testing.assert_array_equal(grow(line, 0), line)


def test_outline_stays_as_it_is():
    outline = SQUARE.copy()
    outline.setflags(write=False)
    grow(outline, 3)
    np.testing.assert_array_equal(outline, SQUARE)
