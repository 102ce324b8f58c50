# ruff: noqa: NPY002 - the code under test draws from NumPy's global generator.
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbnetpp_plugin.datasets.transforms import affine
from dbnetpp_plugin.datasets.transforms.cropping import (
    clip_convex,
    draw_window,
    gaps_between,
    grown_window,
    place,
)
from dbnetpp_plugin.geometry.polygons import area, clip_to_rectangle


def boxes_of(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def draw(boxes: np.ndarray, size: tuple[int, int] = (100, 80), min_side_ratio: float = 0.1,
         max_tries: int = 10) -> tuple[int, int, int, int]:
    return draw_window(size, boxes, min_side_ratio=min_side_ratio, max_tries=max_tries)


@pytest.mark.parametrize(('starts', 'ends', 'expected'), [
    pytest.param([], [], [(0, 20)], id='no interval'),
    # Line 5 runs at 4.5, line 11 at 10.5: both touch pixel centres 5 to 10 from outside.
    pytest.param([5], [10], [(0, 5), (11, 20)], id='whole pixels'),
    pytest.param([4.5], [10.5], [(0, 5), (11, 20)], id='exactly along lines'),
    pytest.param([4.4], [10.6], [(0, 4), (12, 20)], id='just across lines'),
    pytest.param([12, 5], [15, 8], [(0, 5), (9, 12), (16, 20)], id='unsorted'),
    pytest.param([5, 6], [15, 8], [(0, 5), (16, 20)], id='nested'),
    pytest.param([2, 9.5], [8.5, 15], [(0, 2), (9, 10), (16, 20)], id='one line apart'),
    pytest.param([2, 8.5], [8.5, 15], [(0, 2), (9, 9), (16, 20)], id='touching along a line'),
    pytest.param([2, 8], [9, 15], [(0, 2), (16, 20)], id='overlapping'),
    pytest.param([-4], [5], [(0, 0), (6, 20)], id='across the near border'),
    pytest.param([15], [30], [(0, 15), (20, 20)], id='across the far border'),
    pytest.param([-4], [30], [(0, 0), (20, 20)], id='everything'),
    pytest.param([-9, 3, 25], [-2, 4, 29], [(0, 3), (5, 20)], id='outside'),
    pytest.param([7], [7], [(0, 20)], id='a point blocks no line'),
])
def test_gaps_between(starts: list[float], ends: list[float], expected: list[tuple[int, int]]) -> None:
    assert gaps_between(np.array(starts, dtype=float), np.array(ends, dtype=float), 20) == expected


coordinate = st.floats(-20, 120)
box = st.tuples(coordinate, coordinate, st.floats(0.5, 60), st.floats(0.5, 60)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@settings(max_examples=300, deadline=None)
@given(st.lists(box, min_size=1, max_size=12), st.integers(0, 2**31))
def test_a_window_shows_a_word_and_cuts_none(boxes: list[tuple[float, float, float, float]], seed: int) -> None:
    np.random.seed(seed)
    left, top, right, bottom = draw(boxes_of(*boxes))
    assert 0 <= left < right <= 100
    assert 0 <= top < bottom <= 80
    if (left, top, right, bottom) == (0, 0, 100, 80):
        return
    assert right - left >= 10
    assert bottom - top >= 8
    shown = 0
    for x0, y0, x1, y1 in boxes:
        # Only the border of the image may cut a word.
        for line, start, end, length in ((left, x0, x1, 100), (right, x0, x1, 100), (top, y0, y1, 80),
                                         (bottom, y0, y1, 80)):
            assert line in (0, length) or not start < line - 0.5 < end
        shown += x0 < right - 0.5 and x1 > left - 0.5 and y0 < bottom - 0.5 and y1 > top - 0.5
    assert shown >= 1


def test_windows_reach_from_the_word_to_the_image_border() -> None:
    np.random.seed(0)
    windows = np.array([draw(boxes_of((40, 30, 60, 50))) for _ in range(2000)])
    left, top, right, bottom = windows.T
    assert (left.min(), left.max()) == (0, 40)
    assert (top.min(), top.max()) == (0, 30)
    assert (right.min(), right.max()) == (61, 100)
    assert (bottom.min(), bottom.max()) == (51, 80)


def test_every_gap_is_as_likely_as_any_other() -> None:
    np.random.seed(0)
    # Gaps along x: 0 ... 5, 20 ... 22, 80 ... 100; a window from the first one to the second or third shows a word.
    windows = [draw(boxes_of((5, 10, 19.5, 70), (21.5, 10, 79.5, 70)), max_tries=50) for _ in range(3000)]
    ends = np.array([right for left, _, right, _ in windows if left <= 5])
    assert 0.45 < np.mean(ends < 30) < 0.55


@pytest.mark.parametrize('boxes', [boxes_of(), boxes_of((40, 30, 60, 50))])
def test_no_tries_keep_the_whole_image(boxes: np.ndarray) -> None:
    assert draw(boxes, max_tries=0) == (0, 0, 100, 80)


def test_without_words_the_window_may_be_anywhere() -> None:
    np.random.seed(0)
    windows = np.array([draw(boxes_of(), size=(20, 20)) for _ in range(3000)])
    assert windows.min(axis=0).tolist() == [0, 0, 2, 2]
    assert windows.max(axis=0).tolist() == [18, 18, 20, 20]


@pytest.mark.parametrize(('ratio', 'smallest'), [(0.25, 25), (0.251, 26)])
def test_least_side(ratio: float, smallest: int) -> None:
    np.random.seed(0)
    widths = [right - left for left, _, right, _ in (draw(boxes_of(), min_side_ratio=ratio) for _ in range(3000))]
    assert min(widths) == smallest


def test_a_window_has_at_least_one_pixel() -> None:
    np.random.seed(0)
    for _ in range(200):
        left, top, right, bottom = draw(boxes_of(), size=(3, 2), min_side_ratio=0)
        assert left < right
        assert top < bottom


def test_place_fits_the_window_into_the_output() -> None:
    placement = place((1280, 720), np.eye(2, 3), (0, 0, 1280, 720), (640, 640))
    assert placement.content == (640, 360)
    assert placement.magnification == pytest.approx(0.5)
    assert placement.rectangle == (-0.5, -0.5, 639.5, 359.5)
    corners = affine.transform_points(affine.outline((1280, 720)), placement.matrix)
    np.testing.assert_allclose(corners, affine.outline((640, 360)), atol=1e-9)
    assert area(placement.valid_polygon) == pytest.approx(640 * 360)


def test_place_takes_the_outer_edges_of_the_window_to_those_of_the_output() -> None:
    placement = place((100, 80), np.eye(2, 3), (10, 20, 30, 60), (640, 640))
    corners = affine.transform_points(np.array([[9.5, 19.5], [29.5, 59.5]]), placement.matrix)
    np.testing.assert_allclose(corners, [[-0.5, -0.5], [319.5, 639.5]], atol=1e-9)
    assert placement.content == (320, 640)


@pytest.mark.parametrize(('window', 'content'), [
    ((0, 0, 3, 2), (640, 427)),  # 2 * 640 / 3 = 426.67
    ((0, 0, 9, 4), (640, 284)),  # 4 * 640 / 9 = 284.44
    ((0, 0, 2000, 1), (640, 1)),  # 0.32, but never nothing
    ((0, 0, 2, 3), (427, 640)),
    ((0, 0, 4, 9), (284, 640)),
    ((0, 0, 1, 2000), (1, 640)),
])
def test_place_rounds_the_content_to_pixels_whose_centre_is_inside(window: tuple[int, int, int, int],
                                                                   content: tuple[int, int]) -> None:
    assert place((2000, 2000), np.eye(2, 3), window, (640, 640)).content == content


def test_valid_polygon_leaves_out_what_rotation_brought_in() -> None:
    size = (100, 100)
    placement = place(size, affine.rotate_and_scale(size, 45), (0, 0, 100, 100), (100, 100))
    # A square turned by 45 degrees covers a regular octagon of it, 2 (sqrt(2) - 1) of its area.
    assert area(placement.valid_polygon) == pytest.approx(10000 * 2 * (2**0.5 - 1))
    assert len(placement.valid_polygon) == 8
    assert placement.valid_fraction == pytest.approx(2 * (2**0.5 - 1))


def test_valid_polygon_of_padding_alone_is_empty() -> None:
    size = (100, 100)
    placement = place(size, affine.rotate_and_scale(size, 45), (0, 0, 10, 10), (100, 100))
    assert placement.valid_polygon.shape == (0, 2)
    assert placement.valid_fraction == 0


@pytest.mark.parametrize(('rectangle', 'expected'), [
    ((1, 1, 9, 9), [[3, 1], [1, 3], [1, 1]]),
    ((0, 0, 4, 4), [[0, 0], [4, 0], [0, 4]]),
    ((0.5, 0.5, 1, 1), [[1, 0.5], [1, 1], [0.5, 1], [0.5, 0.5]]),
    ((5, 0, 9, 9), []),
])
def test_clip_convex(rectangle: tuple, expected: list) -> None:
    clipped = clip_convex(np.array([[0, 0], [4, 0], [0, 4]], float), rectangle)
    assert clipped.shape == (len(expected), 2)
    first = clipped.tolist().index(expected[0]) if expected else 0
    np.testing.assert_array_equal(np.roll(clipped, -first, axis=0), np.reshape(expected, (-1, 2)))


@settings(deadline=None)
@given(st.floats(-180, 180) | st.sampled_from([0, 1e-7, 90, 180]), st.floats(0.3, 3), st.floats(-90, 90),
       st.floats(-90, 90))
def test_clip_convex_agrees_with_general_clipping(degrees: float, scale: float, x: float, y: float) -> None:
    matrix = affine.compose(affine.rotate_and_scale((100, 60), degrees, scale), affine.shift(x, y))
    polygon = affine.transform_points(affine.outline((100, 60)), matrix)
    rectangle = (-0.5, -0.5, 99.5, 59.5)
    expected = sum(map(area, clip_to_rectangle(polygon, rectangle)))
    clipped = clip_convex(polygon, rectangle)
    assert (area(clipped) if len(clipped) else 0) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(('window', 'size', 'output', 'expected'), [
    pytest.param((40, 40, 60, 60), (100, 100), (64, 64), (40, 40, 60, 60), id='of the shape of the output'),
    pytest.param((40, 45, 60, 55), (100, 100), (64, 64), (40, 40, 60, 60), id='grown above and below'),
    pytest.param((45, 40, 55, 60), (100, 100), (64, 64), (40, 40, 60, 60), id='grown left and right'),
    pytest.param((40, 0, 60, 10), (100, 100), (64, 64), (40, 0, 60, 20), id='at the upper border'),
    pytest.param((40, 90, 60, 100), (100, 100), (64, 64), (40, 80, 60, 100), id='at the lower border'),
    pytest.param((0, 10, 100, 20), (100, 40), (64, 64), (0, 0, 100, 40), id='no more than the image'),
    pytest.param((40, 45, 60, 55), (100, 100), (64, 32), (40, 45, 60, 55), id='an output of another shape'),
])
def test_grown_window(window, size, output, expected):
    assert grown_window(window, size, output) == expected


@given(st.data())
def test_a_grown_window_holds_the_window_and_is_magnified_as_much(data):
    width, height = (data.draw(st.integers(1, 300)) for _ in range(2))
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    window = left, top, data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    output = data.draw(st.integers(1, 200)), data.draw(st.integers(1, 200))
    grown = grown_window(window, (width, height), output)
    assert 0 <= grown[0] <= left
    assert 0 <= grown[1] <= top
    assert window[2] <= grown[2] <= width
    assert window[3] <= grown[3] <= height
    zooms = [place((width, height), affine.shift(0, 0), either, output).magnification for either in (window, grown)]
    assert zooms[1] == pytest.approx(zooms[0])
    # Less than a pixel of the image, magnified, is left to be padded where the image goes on.
    for axis in (0, 1):
        if grown[axis + 2] - grown[axis] < (width, height)[axis]:
            assert (grown[axis + 2] - grown[axis] + 1) * zooms[0] > output[axis] - 1e-6
