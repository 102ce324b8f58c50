"""Rectangles of least area: known shapes, a search over all angles, and what the margin does to the best angle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dbnetpp_plugin.geometry.rectangles import min_area_rectangles

BOX = np.array([[10, 20], [50, 20], [50, 30], [10, 30]], dtype=np.float32)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Turn about the origin, clockwise on the screen."""
    angle = np.deg2rad(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points @ matrix.T).astype(np.float32)


def least_area(points: np.ndarray, margin: float, steps: int = 7200) -> float:
    """Search over all angles."""
    angles = np.linspace(0, np.pi / 2, steps)
    along, across = np.stack([np.cos(angles), np.sin(angles)]), np.stack([-np.sin(angles), np.cos(angles)])
    return ((np.ptp(points @ along, axis=0) + 2 * margin) * (np.ptp(points @ across, axis=0) + 2 * margin)).min()


def test_upright_box():
    corners, sides = min_area_rectangles([BOX], [0])
    np.testing.assert_allclose(corners[0], BOX)
    np.testing.assert_allclose(sides, [[40, 10]])


def test_margin_moves_every_side_outwards():
    corners, sides = min_area_rectangles([BOX], [6])
    np.testing.assert_allclose(corners[0], [[4, 14], [56, 14], [56, 36], [4, 36]])
    np.testing.assert_allclose(sides, [[52, 22]])


# Up to 45 degrees the first side is the turned 40, beyond it the 10: always the one that points right.
@pytest.mark.parametrize(('degrees', 'first_side'), [
    (-80, 10), (-46, 10), (-44, 40), (-1, 40), (0, 40), (1, 40), (30, 40), (44, 40), (46, 10), (90, 10), (134, 10),
    (136, 40), (180, 40), (200, 40),
])
def test_turned_box(degrees, first_side):
    (corners,), (sides,) = min_area_rectangles([turned(BOX, degrees)], [2])
    grown = turned(np.array([[8, 18], [52, 18], [52, 32], [8, 32]]), degrees)
    first = np.argmin(grown.sum(axis=1))
    np.testing.assert_allclose(corners, np.roll(grown, -first, axis=0), atol=1e-4)  # clockwise, from the top left
    np.testing.assert_allclose(sides, [first_side + 4, 54 - first_side], atol=1e-4)


@pytest.mark.parametrize(('margin', 'expected'), [(0, (50, 23.5)), (3, (56, 29.5)), (4, (48, 38)), (20, (80, 70))])
def test_best_angle_depends_on_the_margin(margin, expected):
    """A right triangle with legs 40 and 30, height 24, its right angle cut off by 0.5 along the height.

    On the hypotenuse the area is (50 + 2m) (23.5 + 2m), on the legs (40 + 2m) (30 + 2m); they are equal at m = 25/7.
    """
    triangle = np.array([[0.5 / 0.6, 0], [40, 0], [0, 30], [0, 0.5 / 0.8]], dtype=np.float32)
    np.testing.assert_allclose(min_area_rectangles([triangle], [margin])[1], [expected], atol=1e-4)


@given(arrays(np.int32, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(0, 200)),
       st.floats(0, 50))
def test_least_area_around_any_points(points, margin):
    (corners,), (sides,) = min_area_rectangles([points], [margin])
    u, v = corners[1] - corners[0], corners[3] - corners[0]
    assert np.hypot(*u) == pytest.approx(sides[0], abs=1e-6)
    assert np.hypot(*v) == pytest.approx(sides[1], abs=1e-6)
    assert u @ v == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(corners[2], corners[0] + u + v, atol=1e-6)
    assert sides.prod() <= least_area(points, margin) + 1e-6
    for side, length in zip((u, v), sides, strict=True):
        if length > 1e-6:  # each point lies inside, the margin away from the side
            reached = (points - corners[0]) @ (side / length)
            assert reached.min() == pytest.approx(margin, abs=1e-5)
            assert reached.max() == pytest.approx(length - margin, abs=1e-5)


def test_order_and_size_of_the_others_do_not_matter():
    rng = np.random.default_rng(0)
    sets = [rng.integers(0, 100, (count, 2)).astype(np.int32) for count in (1, 2, 3, 4, 5, 8, 9, 40, 4, 17)]
    margins = rng.uniform(0, 5, len(sets))
    together, _ = min_area_rectangles(sets, margins)
    for points, margin, corners in zip(sets, margins, together, strict=True):
        np.testing.assert_array_equal(min_area_rectangles([points], [margin])[0][0], corners)


def test_nothing_gives_nothing():
    corners, sides = min_area_rectangles([], [])
    assert corners.shape == (0, 4, 2)
    assert sides.shape == (0, 2)


def test_points_stay_as_they_are():
    points = BOX.copy()
    points.setflags(write=False)
    min_area_rectangles([points], [3])
    np.testing.assert_array_equal(points, BOX)
