"""Growing outlines: formulas, GEOS buffers as the oracle, and outlines that touch, cross or enclose themselves."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.geometry.contours_expansion import ARC_TOLERANCE, expand_outlines

SQUARE = np.array([[0, 0], [40, 0], [40, 40], [0, 40]])
# A ring with a gap of 8 pixels in its left side.
OPEN_RING = np.array([[0, 0], [60, 0], [60, 60], [0, 60], [0, 34], [10, 34], [10, 50], [50, 50], [50, 10], [10, 10],
                      [10, 26], [0, 26]])


def signed_area(points: np.ndarray) -> float:
    x, y = points.astype(np.float64).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def distance_between(points: np.ndarray, shape: shapely.Polygon) -> float:
    return shapely.hausdorff_distance(shapely.Polygon(points).exterior, shape.exterior, densify=0.05)


def grown_by_geos(points: np.ndarray, distance: float) -> shapely.Polygon:
    return shapely.Polygon(shapely.Polygon(points).buffer(distance, quad_segs=64).exterior)


@pytest.mark.parametrize('outline', [SQUARE, SQUARE[::-1]], ids=['clockwise', 'anticlockwise'])
def test_square(outline):
    (grown,) = expand_outlines([outline], [10])
    assert grown.dtype == np.float32
    np.testing.assert_allclose([grown.min(axis=0), grown.max(axis=0)], [[-10, -10], [50, 50]], atol=1e-4)
    # The square, four strips and a disc, less the chords' share of the disc; positive is clockwise on the screen.
    disc = np.pi * 10**2
    assert 1600 + 4 * 400 + disc * 0.95 < signed_area(grown) < 1600 + 4 * 400 + disc


@pytest.mark.parametrize('radius', [0.1, 1, 7, 100])
def test_chords_stay_within_the_tolerance_of_the_arcs(radius):
    (grown,) = expand_outlines([SQUARE], [radius])
    corner = grown[(grown > 40).all(axis=1)] - 40  # the points around the lower right corner
    assert np.hypot(*corner.T) == pytest.approx(radius, abs=1e-3)
    middles = (corner[1:] + corner[:-1]) / 2
    assert (radius - np.hypot(*middles.T) <= ARC_TOLERANCE + 1e-3).all()


def test_inward_corner_is_a_mitre():
    outline = np.array([[0, 0], [60, 0], [60, 20], [20, 20], [20, 60], [0, 60]])
    (grown,) = expand_outlines([outline], [5])
    assert np.abs(grown - [25, 25]).sum(axis=1).min() == pytest.approx(0, abs=1e-4)  # (20, 20) moved out both ways
    assert distance_between(grown, grown_by_geos(outline, 5)) < ARC_TOLERANCE


@st.composite
def outlines(draw) -> np.ndarray:
    """Star-shaped about (100, 100), with corners on whole pixels as contours have them."""
    count = draw(st.integers(4, 40))
    radii = draw(st.lists(st.integers(10, 90), min_size=count, max_size=count))
    angles = np.arange(count) * 2 * np.pi / count
    return np.rint(100 + np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.array(radii)[:, None]).astype(np.int32)


@given(outlines(), st.floats(0.5, 40), st.booleans())
def test_as_the_buffer_of_geos(outline, distance, reverse):
    if not shapely.Polygon(outline).is_valid:
        return
    (grown,) = expand_outlines([outline[::-1] if reverse else outline], [distance])
    assert distance_between(grown, grown_by_geos(outline, distance)) < 2 * ARC_TOLERANCE
    assert signed_area(grown) > 0


def test_many_at_once_are_each_alone():
    rng = np.random.default_rng(0)
    ragged = [np.rint(50 + np.stack([np.cos(t), np.sin(t)], 1) * rng.uniform(15, 45, (len(t), 1))).astype(np.int32)
              for t in (np.arange(n) * 2 * np.pi / n for n in (4, 7, 30, 5, 60))]
    distances = [3.0, 0.0, 6.0, 12.5, 4.0]
    together = expand_outlines(ragged, distances)
    for outline, distance, grown in zip(ragged, distances, together, strict=True):
        np.testing.assert_array_equal(expand_outlines([outline], [distance])[0], grown)


def test_region_that_closes_to_a_ring_keeps_its_outline_and_fills_its_hole():
    """The gap of 8 closes once both its sides have moved by 5, the middle of 40 x 40 does not."""
    (open_still,) = expand_outlines([OPEN_RING], [3.9])
    assert not shapely.Polygon(open_still).contains(shapely.Point(30, 30))
    (closed,) = expand_outlines([OPEN_RING], [5])
    assert shapely.Polygon(closed).contains(shapely.Point(30, 30))
    assert distance_between(closed, grown_by_geos(OPEN_RING, 5)) < 2 * ARC_TOLERANCE


def test_of_an_outline_that_falls_apart_the_largest_part_stays():
    """A bow tie crosses itself at (24, 24). Its lobes: triangles on the sides of 60 and of 40, heights 36 and 24."""
    bow_tie = np.array([[0, 0], [60, 60], [60, 0], [0, 40]])
    (grown,) = expand_outlines([bow_tie], [0.5])
    assert shapely.Polygon(grown).contains(shapely.Point(48, 24))
    assert not shapely.Polygon(grown).contains(shapely.Point(8, 20))
    larger_lobe = 60 * 36 / 2
    assert larger_lobe < signed_area(grown) < larger_lobe + 0.5 * (60 + 2 * 60) + 1


def test_two_blobs_joined_by_a_line_grow_as_one():
    """The contour of two blobs with a bridge one pixel wide runs over the bridge twice."""
    dumbbell = np.array([[0, 0], [20, 0], [20, 10], [40, 10], [40, 0], [60, 0], [60, 20], [40, 20], [40, 10], [20, 10],
                         [20, 20], [0, 20]])
    (grown,) = expand_outlines([dumbbell], [3])
    shape = shapely.Polygon(grown)
    assert all(shape.contains(shapely.Point(x, 10)) for x in (10, 30, 50))
    parts = [shapely.box(0, 0, 20, 20), shapely.box(40, 0, 60, 20), shapely.LineString([(20, 10), (40, 10)])]
    expected = shapely.union_all(parts).buffer(3, quad_segs=64)
    assert distance_between(grown, expected) < 2 * ARC_TOLERANCE


def test_line_without_area_stays():
    line = np.array([[0, 0], [10, 0], [20, 0], [10, 0]])
    np.testing.assert_array_equal(expand_outlines([line], [0])[0], line)


def test_nothing_gives_nothing():
    assert expand_outlines([], []) == []


def test_outlines_stay_as_they_are():
    outline = SQUARE.copy()
    outline.setflags(write=False)
    expand_outlines([outline, outline[::-1]], [3, 4])
    np.testing.assert_array_equal(outline, SQUARE)
