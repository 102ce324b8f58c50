import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from label_map_oracle import assert_maps, expected_maps, is_in_doubt

from dbnetpp_plugin.datasets.preparers import ctw1500, hust_tr400, icdar2015, msra_td500, totaltext
from dbnetpp_plugin.geometry.label_maps import label_maps

LOW, HIGH = np.float16(0.3), np.float16(0.7)
# 40 x 20, so that D = 800 (1 - 0.4^2) / 120 = 5.6. The kernel, from D - 0.5 on, spans 9.1 to 38.9 and 9.1 to 18.9.
BOX = [4, 4, 44, 4, 44, 24, 4, 24]
KERNEL = np.s_[10:19, 10:39]
SHAPE = (32, 56)


def maps_of(*polygons, ignored=None, shape=SHAPE, **options):
    flags = [False] * len(polygons) if ignored is None else ignored
    return label_maps(list(polygons), flags, shape, **options)


def test_no_text():
    maps = maps_of()
    assert not maps.shrink_map.any()
    assert maps.shrink_mask.all()
    assert (maps.threshold_map == LOW).all()
    assert not maps.threshold_mask.any()


def test_types_and_shapes():
    maps = maps_of(BOX)
    assert [single.shape for single in maps] == [SHAPE] * 4
    assert [single.dtype for single in maps] == [np.uint8, np.uint8, np.float16, np.uint8]


def test_kernel_of_a_box():
    expected = np.zeros(SHAPE, np.uint8)
    expected[KERNEL] = 1
    np.testing.assert_array_equal(maps_of(BOX).shrink_map, expected)


@pytest.mark.parametrize(('shift', 'first', 'last'), [
    (-0.11, 9, 38), (-0.09, 10, 38),  # the left side of the kernel is at 8.99 or at 9.01
    (0.09, 10, 38), (0.11, 10, 39),  # the right side is at 38.99 or at 39.01
])  # fmt: skip
def test_kernel_of_a_box_between_pixels(shift, first, last):
    expected = np.zeros(SHAPE, np.uint8)
    expected[first : last - 19, first : last + 1] = 1  # the box is 20 px wider than high
    np.testing.assert_array_equal(maps_of(np.array(BOX) + shift).shrink_map, expected)


def test_kernel_along_a_slanted_side():
    # Sides of 30, 40 and 50: A = 600, L = 120, D = 4.2. The slanted side is 3 x + 4 y = 120.
    y, x = np.mgrid[:31, :41]
    expected = (x >= 3.7) & (y >= 3.7) & ((120 - 3 * x - 4 * y) / 5 >= 3.7)
    np.testing.assert_array_equal(maps_of([0, 0, 40, 0, 0, 30], shape=(31, 41)).shrink_map, expected)


def test_kernel_of_small_text():
    # 12 x 8, so that D = 96 * 0.84 / 40 = 2.016: the kernel spans 1.516 to 10.484 and 1.516 to 6.484.
    expected = [
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    maps = maps_of([0, 0, 12, 0, 12, 8, 0, 8], shape=(9, 13))
    np.testing.assert_array_equal(maps.shrink_map, expected)
    assert maps.threshold_map[4, 2] == pytest.approx(0.7 - 0.4 * 2 / 2.016, abs=3e-4)  # the band still reaches to D


@pytest.mark.parametrize(('side', 'low', 'expected'), [
    # D = 0.252: every pixel inside, though it is 0.1 from the outline.
    (1.2, 2.9, [[1, 1, 0], [1, 1, 0], [0, 0, 0]]),
    # D = 0.21 * 2.38 = 0.4998 and D = 0.21 * 2.5 = 0.525, with pixels 0.02 from the left and the upper side.
    (2.38, 2.98, [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
    (2.5, 2.98, [[0, 0, 0], [0, 1, 1], [0, 1, 1]]),
])  # fmt: skip
def test_where_the_distance_is_below_half_a_pixel_the_kernel_is_the_text(side, low, expected):
    high = low + side
    maps = maps_of([low, low, high, low, high, high, low, high], shape=(8, 8), min_size=0)
    np.testing.assert_array_equal(maps.shrink_map[3:6, 3:6], expected)
    assert maps.shrink_map.sum() == np.sum(expected)


def test_trained_text_is_not_masked():
    assert maps_of(BOX).shrink_mask.all()


@pytest.mark.parametrize(('column', 'row', 'distance'), [
    (4, 14, 0),  # on the outline
    (5, 14, 1), (3, 14, 1),  # inside and outside
    (9, 14, 5), (0, 14, 4),
    (24, 27, 3),  # below
    (1, 2, np.hypot(3, 2)),  # round a corner
    (47, 27, np.hypot(3, 3)),
])  # fmt: skip
def test_band_falls_with_the_distance(column, row, distance):
    maps = maps_of(BOX)
    assert maps.threshold_map[row, column] == pytest.approx(0.3 + 0.4 * (1 - distance / 5.6), abs=3e-4)
    assert maps.threshold_mask[row, column] == 1


@pytest.mark.parametrize(('column', 'row', 'inside'), [
    (49, 14, 1), (50, 14, 0),  # 5 and 6 from the right side
    (24, 29, 1), (24, 30, 0),
    (48, 27, 1), (48, 28, 0),  # 5 and 4 sqrt 2 = 5.66 from the corner
    (24, 14, 1),  # the kernel has no band, but belongs to the text
])  # fmt: skip
def test_threshold_mask_is_the_grown_box(column, row, inside):
    maps = maps_of(BOX)
    assert maps.threshold_mask[row, column] == inside
    if not inside or (column, row) == (24, 14):
        assert maps.threshold_map[row, column] == LOW


def test_larger_threshold_wins_where_bands_overlap():
    other = [4, 25, 44, 25, 44, 45, 4, 45]
    alone = [maps_of(box, shape=(60, 60)).threshold_map for box in (BOX, other)]
    together = maps_of(BOX, other, shape=(60, 60)).threshold_map
    np.testing.assert_array_equal(together, np.maximum(*alone))
    assert together[24, 24] == HIGH


def test_a_band_does_not_cut_the_kernel_of_its_neighbour():
    other = [4, 8, 44, 8, 44, 28, 4, 28]  # its kernel spans 13.1 to 22.9, beside and inside the band of the first
    expected = maps_of(BOX).shrink_map | maps_of(other).shrink_map
    np.testing.assert_array_equal(maps_of(BOX, other).shrink_map, expected)


def test_ignored_text_is_masked_and_nothing_else():
    maps = maps_of(BOX, ignored=[True])
    expected = np.ones(SHAPE, np.uint8)
    expected[4:24, 4:44] = 0  # pixels on the upper and left sides belong to the box, on the others they do not
    np.testing.assert_array_equal(maps.shrink_mask, expected)
    assert not maps.shrink_map.any()
    assert not maps.threshold_mask.any()
    assert (maps.threshold_map == LOW).all()


@pytest.mark.parametrize('order', [1, -1])
def test_where_ignored_text_overlaps_a_kernel_the_mask_wins(order):
    ignored = [20, 0, 30, 0, 30, 30, 20, 30]
    maps = maps_of(*[BOX, ignored][::order], ignored=[False, True][::order])
    alone = maps_of(BOX)
    np.testing.assert_array_equal(maps.shrink_map, alone.shrink_map)
    np.testing.assert_array_equal(maps.threshold_map, alone.threshold_map)
    np.testing.assert_array_equal(maps.threshold_mask, alone.threshold_mask)
    assert not maps.shrink_mask[0:30, 20:30].any()
    assert maps.shrink_mask.sum() == maps.shrink_mask.size - 30 * 10


@pytest.mark.parametrize(('height', 'is_trained'), [(7.99, False), (8.0, True), (8.01, True)])
def test_min_size_is_the_short_side(height, is_trained):
    maps = maps_of([4, 4, 44, 4, 44, 4 + height, 4, 4 + height])
    assert maps.shrink_map.any() == is_trained
    assert maps.threshold_mask.any() == is_trained
    assert maps.shrink_mask.all() == is_trained


@pytest.mark.parametrize(('height', 'is_trained'), [(7.9, False), (8.1, True)])
def test_min_size_of_a_very_long_text(height, is_trained):
    maps = maps_of([4, 4, 404, 4, 404, 4 + height, 4, 4 + height], shape=(20, 410))
    assert maps.shrink_map.any() == is_trained


def test_min_size_of_a_thin_bent_text():
    # 4 px wide, but the least rectangle around the L is 30 px: large enough, and its kernel is 1.9 px wide.
    bent = np.array([[4, 4], [8, 4], [8, 30], [34, 30], [34, 34], [4, 34]]) - 0.2
    assert maps_of(bent, shape=(40, 40)).shrink_map.any()
    assert not maps_of(bent, shape=(40, 40), min_size=31).shrink_map.any()


@pytest.mark.parametrize(('side', 'is_trained'), [(0.99, False), (1.01, True)])
def test_text_below_one_square_pixel_is_not_trained_on(side, is_trained):
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]]) + 5 - side / 2
    maps = maps_of(square, min_size=0)
    assert maps.shrink_map.sum() == is_trained
    assert maps.shrink_mask[5, 5] == is_trained


@pytest.mark.parametrize(('shift', 'is_trained'), [(0, False), (0.5, True)])
def test_text_without_a_pixel_in_its_kernel_is_not_trained_on(shift, is_trained):
    # An L with arms 0.8 px wide: D = 0.3, so that its kernel is all of it, between two pixel rows or along one.
    bent = np.array([[4.1, 4.1], [4.9, 4.1], [4.9, 29.1], [29.9, 29.1], [29.9, 29.9], [4.1, 29.9]]) + shift
    maps = maps_of(bent, shape=(40, 40))
    assert maps.shrink_map.any() == is_trained
    assert maps.threshold_mask.any() == is_trained
    assert maps.shrink_mask.all()


@pytest.mark.parametrize(('shift', 'outline', 'inner'), [
    ((-40, 0), (14, 4), (14, 9)),
    ((48, 0), (14, 52), (14, 47)),
    ((0, -20), (4, 24), (9, 24)),
    ((0, 24), (28, 24), (23, 24)),
], ids=['left', 'right', 'above', 'below'])  # fmt: skip
def test_text_cut_by_the_border_keeps_its_band_though_its_kernel_is_outside(shift, outline, inner):
    # The box reaches less than D - 0.5 = 5.1 into the image: seen is only its edge, and that is no text to ignore.
    maps = maps_of(np.reshape(BOX, (-1, 2)) + shift)
    assert not maps.shrink_map.any()
    assert maps.shrink_mask.all()
    assert maps.threshold_map[outline] == HIGH
    assert maps.threshold_map[inner] == pytest.approx(0.3 + 0.4 * (1 - 5 / 5.6), abs=3e-4)


@pytest.mark.parametrize('shift', [(-20, 0), (0, -10), (30, 15), (-100, 5), (1000, 1000), (-44, 0), (56, 0)])
def test_a_shifted_image_sees_the_same_maps(shift):
    large = maps_of(np.reshape(BOX, (-1, 2)) + 200, shape=(400, 400))
    small = maps_of(np.reshape(BOX, (-1, 2)) + shift)
    left, top = 200 - shift[0], 200 - shift[1]
    window = np.s_[max(top, 0) : top + SHAPE[0], max(left, 0) : left + SHAPE[1]]
    for got, whole in zip(small, large, strict=True):
        if whole[window].shape == SHAPE:
            np.testing.assert_array_equal(got, whole[window])
    if abs(shift[0]) >= 100:
        assert not small.shrink_map.any()
        assert small.shrink_mask.all()
        assert not small.threshold_mask.any()


@pytest.mark.parametrize('size', [1e4, 1e7, 3e38])
def test_polygons_larger_than_any_image(size):
    # The left side runs through column 20; D is so large that the band shows no slope here.
    maps = maps_of(np.array([[20, -size], [size, -size], [size, size], [20, size]]), shape=(30, 40))
    assert maps.shrink_mask.all()
    assert maps.threshold_mask.all()
    exact = 0.7 - 0.4 * np.abs(np.arange(40) - 20) / (0.84 * 2 * size * (size - 20) / (6 * size - 40))
    np.testing.assert_allclose(maps.threshold_map, np.tile(exact, (30, 1)), atol=3e-4)


def test_a_corner_far_along_an_edge_of_a_huge_polygon():
    # A strip 30 px high and 2e6 px long ends at column 30: D = 0.84 * 15 to six digits, and the end must be exact.
    maps = maps_of(np.array([[-2e6, 10], [30, 10], [30, 40], [-2e6, 40]]), shape=(60, 60))
    assert maps.threshold_map[25, 30] == HIGH
    assert maps.threshold_map[25, 33] == pytest.approx(0.7 - 0.4 * 3 / 12.6, abs=5e-4)
    assert maps.threshold_map[7, 34] == pytest.approx(0.7 - 0.4 * 5 / 12.6, abs=5e-4)
    np.testing.assert_array_equal(np.flatnonzero(maps.shrink_map[25]), np.arange(18))


def test_both_directions_are_the_same():
    for one, other in zip(maps_of(BOX), maps_of(np.reshape(BOX, (-1, 2))[::-1]), strict=True):
        np.testing.assert_array_equal(one, other)


def test_repeated_and_collinear_points_change_nothing():
    points = np.array([[4, 4], [4, 4], [20, 4], [44, 4], [44, 24], [44, 24], [30, 24], [4, 24], [4, 10], [4, 4]])
    for one, other in zip(maps_of(BOX), maps_of(points), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize('points', [[[3, 3], [9, 9], [20, 20]], [[5, 5]] * 4], ids=['line', 'point'])
@pytest.mark.parametrize('ignored', [False, True])
def test_a_polygon_without_area_changes_nothing(points, ignored):
    for one, other in zip(maps_of(points, BOX, ignored=[ignored, False]), maps_of(BOX), strict=True):
        np.testing.assert_array_equal(one, other)


def test_parts_of_a_bow_tie_are_one_text():
    # Two triangles of base 30 and height 20: A = 600, L = 2 (30 + 2 * 25), D = 3.15: the kernel begins at 7.65.
    maps = maps_of([[5, 5], [45, 35], [45, 5], [5, 35]], shape=(50, 50))
    assert maps.shrink_map[20, 8] == 1
    assert maps.shrink_map[20, 7] == 0
    assert maps.shrink_map[20, 42] == 1
    assert maps.shrink_map[20, 43] == 0
    assert maps.shrink_map[20, 25] == 0
    assert maps.threshold_map[20, 25] == HIGH
    assert maps.threshold_map[20, 7] == pytest.approx(0.7 - 0.4 * 2 / 3.15, abs=3e-4)


def test_text_on_a_full_circle_keeps_its_hole():
    angle = np.linspace(0, 2.1 * np.pi, 120)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    maps = maps_of(np.concatenate([45 * circle, 25 * circle[::-1]]) + 50, shape=(100, 100))
    assert maps.threshold_mask[50, 50] == 0
    assert maps.shrink_map[50, 50 + 35] == 1  # where the ends overlap, too
    assert maps.shrink_map[50, 50 - 35] == 1
    assert maps.shrink_map[50, 50 + 43] == 0
    assert maps.threshold_map[50, 50 + 25] > 0.69


def test_outside_the_valid_polygon_both_masks_are_zero():
    valid = np.array([[0, 0], [29, 0], [29, 31], [0, 31]], dtype=np.float32)
    maps, everywhere = maps_of(BOX, valid_polygon=valid), maps_of(BOX)
    is_valid = np.zeros(SHAPE, bool)
    is_valid[:, :30] = True  # pixels on its outline are valid
    np.testing.assert_array_equal(maps.shrink_mask, is_valid)
    np.testing.assert_array_equal(maps.threshold_mask, everywhere.threshold_mask * is_valid)
    np.testing.assert_array_equal(maps.shrink_map, everywhere.shrink_map)


def test_a_rotated_valid_polygon():
    valid = [28, -10, 66, 16, 28, 42, -10, 16]
    maps = maps_of(BOX, valid_polygon=valid)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    side = np.abs(x - 28) / 38 + np.abs(y - 16) / 26 - 1
    certain = np.abs(side) > 1e-3
    np.testing.assert_array_equal(maps.shrink_mask[certain], (side < 0)[certain])


def test_a_valid_polygon_without_area_leaves_nothing():
    maps = maps_of(BOX, valid_polygon=[3, 3, 9, 9, 20, 20])
    assert not maps.shrink_mask.any()
    assert not maps.threshold_mask.any()


def test_options():
    maps = maps_of(BOX, shrink_ratio=0.8, threshold_range=(0.0, 1.0))  # D = 800 * 0.36 / 120 = 2.4
    assert maps.shrink_map.sum() == 37 * 17  # 5.9 to 42.1, 5.9 to 22.1
    assert maps.threshold_map[14, 3] == pytest.approx(1 - 1 / 2.4, abs=5e-4)
    assert maps.threshold_map[14, 4] == 1
    assert maps.threshold_map[14, 24] == 0


@pytest.mark.parametrize(('arguments', 'message'), [
    (([BOX], [False, True], SHAPE), r'one flag a polygon, got shape \(2,\) for 1 polygons'),
    (([BOX, BOX], False, SHAPE), r'one flag a polygon, got shape \(\) for 2 polygons'),
    (([BOX, [1, 2, 3]], [False, False], SHAPE), r'polygon 1: .*got shape \(3,\)'),
    (([[0, 0, 1, 1]], [True], SHAPE), 'polygon 0: .*at least 3 points, got 2'),
    (([[0, 0, 1, np.nan, 2, 2]], [True], SHAPE), 'polygon 0: .*finite'),
    (([BOX], [False], (0, 10)), r'height and a width of at least 1, got \(0, 10\)'),
    (([BOX], [False], (5, 5, 3)), r'height and a width of at least 1, got \(5, 5, 3\)'),
])  # fmt: skip
def test_refuses_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        label_maps(*arguments)


@pytest.mark.parametrize(('options', 'message'), [
    ({'shrink_ratio': 0}, 'shrink_ratio must be between 0 and 1, got 0'),
    ({'shrink_ratio': 1}, 'shrink_ratio must be between 0 and 1, got 1'),
    ({'threshold_range': (0.7, 0.3)}, r'two rising numbers from 0 to 1, got \(0.7, 0.3\)'),
    ({'threshold_range': (-0.1, 0.3)}, r'two rising numbers from 0 to 1, got \(-0.1, 0.3\)'),
    ({'threshold_range': (0.3, 1.1)}, r'two rising numbers from 0 to 1, got \(0.3, 1.1\)'),
    ({'valid_polygon': [0, 0, 1]}, r'valid_polygon: .*got shape \(3,\)'),
])  # fmt: skip
def test_refuses_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        maps_of(BOX, **options)


def any_polygon(size):
    """Any points at all: crossing, repeated, collinear, in either direction, inside, partly or wholly outside."""
    shape = st.tuples(st.integers(3, 9), st.just(2))
    whole = hnp.arrays(np.float32, shape, elements=st.integers(-size // 2, size + size // 2))
    fractions = hnp.arrays(np.float32, shape, elements=st.floats(-size, 2 * size, width=32))
    return st.one_of(whole, fractions)


@st.composite
def texts(draw, size):
    """Text-like polygons: an upper and a lower side, bent and slanted, in either direction."""
    pairs = draw(st.integers(2, 7))
    step, slant = draw(st.floats(3, 12)), draw(st.floats(-0.8, 0.8))
    heights = np.array(draw(st.lists(st.floats(8, 30), min_size=pairs, max_size=pairs)))
    bend = np.array(draw(st.lists(st.floats(-6, 6), min_size=pairs, max_size=pairs)))
    start = draw(st.floats(-size / 2, size)), draw(st.floats(-size / 2, size))
    x = np.arange(pairs) * step
    upper, lower = np.stack([x, bend + slant * x], 1), np.stack([x, bend + slant * x + heights], 1)
    return (np.concatenate([upper, lower[::-1]]) + start).astype(np.float32)[:: draw(st.sampled_from([1, -1]))]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.one_of(any_polygon(40), texts(40)), st.booleans()), max_size=4))
def test_against_the_definition(drawn):
    shape = (40, 48)
    polygons, ignored = [points for points, _ in drawn], np.array([flag for _, flag in drawn], dtype=bool)
    assume(not any(is_in_doubt(points, shape, 0.4, 8) for points in polygons))
    before = [points.copy() for points in polygons], ignored.copy()
    maps = label_maps(polygons, ignored, shape)
    for points, copy in zip(polygons, before[0], strict=True):
        np.testing.assert_array_equal(points, copy)
    np.testing.assert_array_equal(ignored, before[1])
    assert_maps(maps, expected_maps(polygons, ignored, shape))


def test_read_only_input_is_enough():
    points, flags, valid = np.array(BOX, np.float32), np.array([False]), np.array([[0, 0], [9, 0], [9, 9]], np.float32)
    for array in (points, flags, valid):
        array.flags.writeable = False
    label_maps([points], flags, SHAPE, valid_polygon=valid)


@pytest.mark.parametrize(('preparer', 'pattern'), [
    (icdar2015, 'icdar2015/ch4_training_localization_transcription_gt/*.txt'),
    (ctw1500, 'ctw1500/test_gt/*.txt'),
    (totaltext, 'totaltext/Polygon/*/*.mat'),
    (msra_td500, 'msra_td500/*/*.gt'),
    (hust_tr400, 'hust_tr400/*.gt'),
], ids=['icdar2015', 'ctw1500', 'totaltext', 'msra_td500', 'hust_tr400'])  # fmt: skip
def test_real_polygons_against_the_definition(preparer, pattern, real_data):
    """Every polygon if DBNETPP_TEST_ALL is set, which takes half an hour; else an even choice of thirty files."""
    files = sorted(Path(real_data).glob(pattern))
    assert files
    is_all = 'DBNETPP_TEST_ALL' in os.environ
    texts_of = [preparer.parse(file) for file in (files if is_all else files[:: len(files) // 30])]
    chosen = [text['polygon'] for some in texts_of for text in (some if is_all else some[:1])]
    chosen = [polygon for polygon in chosen if len(polygon) >= 6]  # Total-Text has outlines of two points
    compared = 0
    for polygon in chosen:
        points = np.array(polygon, np.float32).reshape(-1, 2)
        points += 10 - np.floor(points.min(axis=0))
        shape = tuple(int(extent) + 10 for extent in points.max(axis=0)[::-1])
        if not is_in_doubt(points, shape, 0.4, 8):
            assert_maps(label_maps([points.ravel()], [False], shape), expected_maps([points], [False], shape))
            compared += 1
    assert compared > 0.9 * len(chosen)
