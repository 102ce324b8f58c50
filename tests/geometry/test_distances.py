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


WAYS = {
    'all edges at once': {'PIXELS_TO_SPLIT': 1e9},
    'edge by edge': {'PIXELS_TO_SPLIT': 0, 'PIXELS_PER_CALL': -1e9},
    'some joined': {'PIXELS_TO_SPLIT': 0, 'PIXELS_PER_CALL': 300},
    'all joined': {'PIXELS_TO_SPLIT': 0, 'PIXELS_PER_CALL': 1e9},
}


@pytest.fixture(params=list(WAYS))
def way(request, monkeypatch):
    """What is computed together."""
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(module, name, value)


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


@pytest.mark.usefixtures('way')
def test_every_way_is_the_same():
    points, unit = [[2, 3], [25, 1], [29, 18], [12, 9], [4, 20]], 5
    [field] = squares([points], [unit])
    expected = exact(points, unit)
    np.testing.assert_allclose(np.minimum(field, 1), np.minimum(expected, 1), atol=1e-5)


@pytest.mark.usefixtures('way')
def test_a_window_is_a_part_of_the_whole():
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


@pytest.mark.usefixtures('way')
def test_repeated_points_change_nothing():
    points = [[2, 3], [25, 1], [29, 18], [12, 9]]
    [once], [twice] = squares([points], [4]), squares([np.repeat(points, 2, axis=0)], [4])
    np.testing.assert_allclose(np.minimum(once, 1), np.minimum(twice, 1), atol=1e-6)


def test_an_empty_window():
    [field] = squares([[[10, 5], [20, 5], [20, 15]]], [4], first=(31, 3), last=(31, 9))
    assert field.shape == (6, 0)


@settings(deadline=None, derandomize=True)
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(3, 8), st.just(2)), elements=COORDINATES, unique=True),
    st.floats(0.5, 30),
    st.sampled_from(list(WAYS.values())),
)
def test_against_the_definition(points, unit, costs):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in costs.items():
            patch.setattr(module, name, value)
        [field] = squares([points], [unit])
    np.testing.assert_allclose(np.minimum(field, 1), np.minimum(exact(points, unit), 1), atol=2e-4)


@pytest.mark.parametrize(('boxes', 'expected'), [
    ([], []),
    ([(0, 0, 9, 9)], [(0, 1, (0, 0, 9, 9))]),
    # Two of 100 pixels within a box of 150: 2 x 150 to compute together, 2 x 100 + a call apart.
    ([(0, 0, 10, 10), (5, 0, 15, 10)], [(0, 2, (0, 0, 15, 10))]),
    # Two of 100 pixels within a box of 151 by 1: 302.
    ([(0, 0, 100, 1), (51, 0, 151, 1)], [(0, 1, (0, 0, 100, 1)), (1, 2, (51, 0, 151, 1))]),
    # A third one joins the two before it: 3 x 100 against 2 x 100 + 100 + a call. A far one joins none.
    ([(0, 0, 10, 10)] * 3 + [(90, 90, 99, 99)], [(0, 3, (0, 0, 10, 10)), (3, 4, (90, 90, 99, 99))]),
    ([(9, 8, 12, 12), (5, 6, 10, 11)], [(0, 2, (5, 6, 12, 12))]),
])  # fmt: skip
def test_join(monkeypatch, boxes, expected):
    monkeypatch.setattr(module, 'PIXELS_PER_CALL', 100)
    assert module.join(boxes) == expected
