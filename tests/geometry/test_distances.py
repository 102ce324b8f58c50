import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dbnetpp_plugin.geometry import distances as module
from dbnetpp_plugin.geometry.distances import Distances
from dbnetpp_plugin.geometry.outlines import Outlines, Windows

SIZE = (31, 22)  # columns, rows
COORDINATES = st.floats(-30, 60, width=16)


def squares(polygons, units, first=(0, 0), last=SIZE):
    windows = Windows(np.tile(first, (len(polygons), 1)), np.tile(last, (len(polygons), 1)))
    fields = Distances(Outlines([[np.array(points, float)] for points in polygons]), windows, np.array(units, float))
    return [fields[index] for index in range(len(polygons))]


def exact(points, unit):
    """Squared distances by projecting every pixel on every edge."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    pixels = np.stack([x, y], axis=-1)[..., None, :]
    start, end = np.array(points, float), np.roll(points, -1, axis=0)
    along = ((pixels - start) * (end - start)).sum(-1) / ((end - start) ** 2).sum(-1)
    nearest = start + np.clip(along, 0, 1)[..., None] * (end - start)
    return (((pixels - nearest) ** 2).sum(-1) / unit**2).min(-1)


def test_a_box():
    [field] = squares([[[10, 5], [20, 5], [20, 15], [10, 15]]], [4])
    assert field.dtype == np.float32
    assert field[5, 15] == 0
    assert field[7, 15] == pytest.approx((2 / 4) ** 2)  # inside
    assert field[3, 15] == pytest.approx((2 / 4) ** 2)  # outside
    assert field[3, 9] == pytest.approx((2**2 + 1**2) / 4**2)  # round the corner
    assert field[10, 15] >= 1
    assert field[0, 0] >= 1


@pytest.mark.parametrize('cost', [0, 1e9], ids=['edge by edge', 'all edges at once'])
def test_both_ways_are_the_same(monkeypatch, cost):
    monkeypatch.setattr(module, 'PIXELS_PER_CALL', cost)
    points, unit = [[2, 3], [25, 1], [29, 18], [12, 9], [4, 20]], 5
    [field] = squares([points], [unit])
    expected = exact(points, unit)
    np.testing.assert_allclose(np.minimum(field, 1), np.minimum(expected, 1), atol=1e-5)


@pytest.mark.parametrize('cost', [0, 1e9], ids=['edge by edge', 'all edges at once'])
def test_a_window_is_a_part_of_the_whole(monkeypatch, cost):
    monkeypatch.setattr(module, 'PIXELS_PER_CALL', cost)
    points = [[2, 3], [25, 1], [29, 18], [12, 9], [4, 20]]
    [whole], [part] = squares([points], [3]), squares([points], [3], first=(4, 2), last=(17, 11))
    np.testing.assert_allclose(np.minimum(part, 1), np.minimum(whole[2:11, 4:17], 1), atol=1e-5)


def test_each_polygon_has_its_own_unit():
    box = [[10, 5], [20, 5], [20, 15], [10, 15]]
    fine, coarse = squares([box, box], [2, 8])
    assert fine[6, 15] == pytest.approx((1 / 2) ** 2)
    assert coarse[6, 15] == pytest.approx((1 / 8) ** 2)


@pytest.mark.parametrize('size', [1e3, 1e8, 1e30])
def test_far_ends_do_not_blur_near_ones(size):
    [field] = squares([[[-size, 8], [9, 8], [9, size], [-size, size]]], [10])
    assert field[8, 9] == 0
    assert field[8, 12] == pytest.approx(0.09)  # beside the corner
    assert field[4, 12] == pytest.approx(0.25)  # 4 above and 3 beside it
    assert field[4, 0] == pytest.approx(0.16)


def test_repeated_points_change_nothing(monkeypatch):
    points = [[2, 3], [25, 1], [29, 18], [12, 9]]
    for cost in (0, 1e9):
        monkeypatch.setattr(module, 'PIXELS_PER_CALL', cost)
        [once], [twice] = squares([points], [4]), squares([np.repeat(points, 2, axis=0)], [4])
        np.testing.assert_array_equal(np.minimum(once, 1), np.minimum(twice, 1))


def test_an_empty_window():
    [field] = squares([[[10, 5], [20, 5], [20, 15]]], [4], first=(31, 3), last=(31, 9))
    assert field.shape == (6, 0)


@settings(deadline=None, derandomize=True)
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(3, 8), st.just(2)), elements=COORDINATES, unique=True),
    st.floats(0.5, 30),
    st.sampled_from([0, 1e9]),
)
def test_against_the_definition(points, unit, cost):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, 'PIXELS_PER_CALL', cost)
        [field] = squares([points], [unit])
    np.testing.assert_allclose(np.minimum(field, 1), np.minimum(exact(points, unit), 1), atol=2e-4)
