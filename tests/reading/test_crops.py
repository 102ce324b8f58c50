"""What is cut out of images that are known pixel by pixel, and of bent words."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbnetpp_plugin.datasets.synth.warps import Arc, Perspective
from dbnetpp_plugin.reading.crops import MAX_LENGTH, MAX_SIDE, crop_polygon, is_tall, text_crop, turned, ways_to_read

SIZE = (340, 60)


@pytest.fixture(scope='module')
def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (120, 300, 3), dtype=np.uint8)


@pytest.fixture(scope='module')
def word() -> np.ndarray:
    canvas = np.zeros(SIZE[::-1], np.uint8)
    return cv2.putText(canvas, 'Straighten', (14, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 255, 4, cv2.LINE_AA)


def rectangle(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def similarity(crop: np.ndarray, word: np.ndarray) -> float:
    """Normalised correlation, at the best place within a few pixels."""
    padded = cv2.copyMakeBorder(cv2.resize(crop, SIZE), 4, 4, 10, 10, cv2.BORDER_REPLICATE)
    return float(cv2.matchTemplate(padded, word, cv2.TM_CCOEFF_NORMED).max())


def test_pixels_of_an_upright_rectangle(noise):
    np.testing.assert_array_equal(crop_polygon(noise, rectangle(30, 20, 129, 59)), noise[20:60, 30:130])


def test_margin(noise):
    wide = crop_polygon(noise, rectangle(30, 20, 130, 60), margin=0.2)
    np.testing.assert_array_equal(wide, noise[18:63, 22:139])
    tall = crop_polygon(noise, rectangle(30, 15, 50, 95), margin=0.2)
    np.testing.assert_array_equal(tall, noise[11:100, 29:52])


def test_margin_of_a_bent_text_goes_on_in_its_direction(noise):
    steps = np.linspace(-1, 1, 9)
    ray = np.stack([np.sin(steps), -np.cos(steps)], axis=1)
    arc = np.array([150, 130]) + np.concatenate([100 * ray, 80 * ray[::-1]])
    plain, wide = (crop_polygon(noise, arc, ordered=True, margin=margin) for margin in (0.0, 0.5))
    assert wide.shape[1] - plain.shape[1] == pytest.approx(20 + 0.25 * 20, abs=6)  # the middle line is the same
    assert wide.shape[0] - plain.shape[0] == pytest.approx(5, abs=1)


def test_corners_in_the_order_of_reading(noise):
    """A quad that begins at its top right corner is read downwards: its right side is the top."""
    crop = crop_polygon(noise, np.roll(rectangle(30, 20, 129, 59), -1, axis=0))
    np.testing.assert_array_equal(crop, np.rot90(noise[20:60, 30:130]))


def test_grey_image(noise):
    np.testing.assert_array_equal(crop_polygon(noise[..., 0], rectangle(3, 2, 12, 9)), noise[2:10, 3:13, 0])


def test_outside_of_the_image_its_border_is_repeated(noise):
    crop = crop_polygon(noise, rectangle(-10, -5, 19, 4))
    np.testing.assert_array_equal(crop, np.pad(noise[:5, :20], ((5, 0), (10, 0), (0, 0)), 'edge'))


@pytest.mark.parametrize(('polygon', 'row', 'column'), [
    (rectangle(-90, -90, -50, -70), 0, 0),
    (rectangle(900, 500, 940, 530), -1, -1),
])
def test_wholly_outside_of_the_image(noise, polygon, row, column):
    assert (crop_polygon(noise, polygon) == noise[row, column]).all()


@pytest.mark.parametrize('polygon', [[], [5, 5], [0, 0, 10, 10, 20, 20], [1, 2, 3], [0, 0, np.inf, 0, 5, 5, 0, 5]])
def test_no_extent(noise, polygon):
    assert crop_polygon(noise, polygon) is None


@pytest.mark.parametrize(('height', 'expected'), [(64, 64), (65, 64), (100, 64), (1000, 64)])
def test_large_text_is_scaled_down(height, expected):
    image = np.zeros((1100, 2100), np.uint8)
    crop = crop_polygon(image, rectangle(0, 0, 2 * height - 1, height - 1))
    assert crop.shape == (expected, pytest.approx(2 * expected, abs=2))
    assert expected <= MAX_SIDE


def test_scaling_down_is_smooth():
    """A grid finer than the pixels of the crop becomes grey."""
    image = np.zeros((240, 960), np.uint8)
    image[:, ::2] = 200
    assert np.ptp(crop_polygon(image, rectangle(0, 0, 959, 239), max_side=24)[1:-1, 1:-1].astype(int)) <= 60


@pytest.mark.parametrize('size', [1e5, 1e7])
def test_huge_outline_takes_little_memory(noise, size):
    assert max(crop_polygon(noise, rectangle(-size, -10, size, 50)).shape) <= MAX_LENGTH + 1


def test_perspective_is_undone(word):
    target = np.array([[60, 40], [420, 90], [400, 170], [50, 110]], np.float32)
    source = rectangle(0, 0, SIZE[0] - 1, SIZE[1] - 1).astype(np.float32)
    view = Perspective(cv2.getPerspectiveTransform(source, target))
    page = view.render(word, (0, 0, 500, 250))
    assert similarity(crop_polygon(page, target), word) > 0.95


@pytest.mark.parametrize('bend', [1, -1])
@pytest.mark.parametrize('degrees', [30, 90, 150])
@pytest.mark.parametrize('lean', [0, -35, 70, 190])
def test_bent_word_comes_back_straight(word, degrees, bend, lean):
    arc = Arc(SIZE[0] / math.radians(degrees), bend, math.radians(lean), (SIZE[0] / 2, SIZE[1] / 2), (300, 300))
    page = arc.render(word, (0, 0, 600, 600))
    outline = arc.outline((0, 0, SIZE[0] - 1, SIZE[1] - 1))
    assert similarity(crop_polygon(page, outline, ordered=True), word) > 0.95
    turned = np.roll(arc.to_page(_dense_outline()), 17, axis=0)  # a contour begins anywhere
    ways = [np.rot90(crop_polygon(page, turned), quarters) for quarters in (0, 1, 2, 3)]
    assert max(similarity(np.ascontiguousarray(way), word) for way in ways) > 0.9


def _dense_outline() -> np.ndarray:
    x, y = np.arange(0, SIZE[0], 9.0), np.arange(0, SIZE[1], 9.0)
    right, bottom = SIZE[0] - 1, SIZE[1] - 1
    return np.concatenate([np.stack([x, 0 * x], 1), np.stack([0 * y + right, y], 1),
                           np.stack([right - x, 0 * x + bottom], 1), np.stack([0 * y, bottom - y], 1)])


def test_steep_bent_word_is_read_downwards_and_upwards(word):
    """First downwards, as on the back of a book."""
    arc = Arc(SIZE[0] / math.radians(60), 1, math.radians(90), (SIZE[0] / 2, SIZE[1] / 2), (300, 300))
    page = arc.render(word, (0, 0, 600, 600))
    down, up = ways_to_read(text_crop(page, arc.to_page(_dense_outline())))
    assert similarity(down.image, word) > 0.9
    np.testing.assert_array_equal(up.image, np.rot90(down.image, 2))


@pytest.mark.parametrize(('outline', 'ways'), [
    (rectangle(30, 20, 129, 59), [0]),
    (rectangle(30, 20, 49, 99), [0, 1, 3]),  # a letter, or a line
])
def test_ways_to_read(noise, outline, ways):
    crop = text_crop(noise, outline)
    for found, quarters in zip(ways_to_read(crop), ways, strict=True):
        np.testing.assert_array_equal(found.image, np.rot90(crop.image, quarters))


@pytest.mark.parametrize('quarters', range(4))
def test_edges_turn_with_the_crop(noise, quarters):
    """A crop along the axes is made of whole pixels: the corners of its edges are the pixels in its corners."""
    crop = turned(text_crop(noise, rectangle(30, 20, 129, 59)), quarters)
    corners = np.concatenate(crop.edges).astype(int)  # top left, top right, bottom left, bottom right
    np.testing.assert_array_equal(crop.image[[0, 0, -1, -1], [0, -1, 0, -1]], noise[corners[:, 1], corners[:, 0]])


def test_a_bent_text_is_turned_by_half_a_turn_or_not_at_all(noise):
    steps = np.linspace(-1, 1, 9)
    ray = np.stack([np.sin(steps), -np.cos(steps)], axis=1)
    crop = text_crop(noise, np.array([150, 130]) + np.concatenate([100 * ray, 60 * ray[::-1]]))
    over = turned(crop, 2)
    np.testing.assert_array_equal(over.edges.top, crop.edges.bottom[::-1])
    np.testing.assert_array_equal(over.edges.bottom, crop.edges.top[::-1])
    with pytest.raises(ValueError, match='the crop of a bent text has no edges at its ends'):
        turned(crop, 1)


@pytest.mark.parametrize('quarters', [0, 1])
def test_shares_of_the_text_leave_the_margin_out(noise, quarters):
    """The crop reaches 20 pixels beyond both ends of a text of 100 x 40, and 5 above and below."""
    crop = turned(text_crop(noise, rectangle(50, 20, 150, 60), margin=0.5), quarters)
    length, beyond = ((100, 20), (40, 5))[quarters]
    for share in (0.0, 0.3, 0.5, 1.0):
        expected = (share * (length + 2 * beyond) - beyond) / length
        assert crop.share_of_text(share) == pytest.approx(np.clip(expected, 0, 1))


@pytest.mark.parametrize(('shape', 'expected'), [((30, 20), True), ((29, 20), False), ((20, 30), False)])
def test_tall_from_one_and_a_half_times_the_width(shape, expected):
    assert is_tall(np.zeros(shape, np.uint8)) is expected


def test_given_image_stays_as_it_is(noise):
    before = noise.copy()
    crop = crop_polygon(noise, rectangle(0, 0, 50, 20))
    assert not np.shares_memory(crop, noise)
    crop[:] = 0
    np.testing.assert_array_equal(noise, before)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(-500, 900), st.integers(-500, 900)), max_size=14), st.booleans())
def test_any_outline_gives_a_crop_or_nothing(points, ordered):
    crop = crop_polygon(np.zeros((40, 30, 3), np.uint8), np.array(points).reshape(-1, 2), ordered=ordered)
    assert crop is None or (crop.dtype == np.uint8 and crop.ndim == 3 and crop.size)
