import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.datasets.transforms import affine
from dbnetpp_plugin.geometry.polygons import signed_area


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def coordinates_image(width: int, height: int) -> np.ndarray:
    """An image whose blue is the column, green the row, and red 255 everywhere."""
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return np.dstack([columns, rows, np.full_like(rows, 255)]).astype(np.uint8)


def test_compose_applies_the_first_matrix_first() -> None:
    # (2, 5) -> (3, 7) -> (5.5 * 2 - .5, ...): resizing by 2 takes x to 2 x + 0.5.
    both = affine.compose(affine.shift(1, 2), affine.resize(2, 2))
    np.testing.assert_array_equal(affine.transform_points(np.array([[2, 5]]), both), [[6.5, 14.5]])


@given(st.floats(-180, 180), st.floats(0.1, 10), st.integers(1, 4000), st.integers(1, 4000))
def test_invert_undoes_a_matrix(degrees: float, scale: float, width: int, height: int) -> None:
    matrix = affine.compose(affine.mirror(width), affine.rotate_and_scale((width, height), degrees, scale))
    np.testing.assert_allclose(affine.compose(matrix, affine.invert(matrix)), np.eye(2, 3), atol=1e-6)


@given(st.floats(-180, 180), st.floats(0.1, 10))
def test_rotation_keeps_the_centre_and_scales_areas(degrees: float, scale: float) -> None:
    matrix = affine.rotate_and_scale((101, 51), degrees, scale)
    np.testing.assert_allclose(affine.transform_points(np.array([[50, 25]]), matrix), [[50, 25]], atol=1e-9)
    assert np.linalg.det(matrix[:, :2]) == pytest.approx(scale**2)


def test_outline_runs_along_the_outer_edges_of_the_pixels() -> None:
    corners = affine.outline((4, 2))
    np.testing.assert_array_equal(corners, [[-0.5, -0.5], [3.5, -0.5], [3.5, 1.5], [-0.5, 1.5]])
    assert signed_area(corners) == 8


def test_identity_gives_the_image_back(image: np.ndarray) -> None:
    output = affine.warp(image, np.eye(2, 3), (40, 30), (40, 30))
    np.testing.assert_array_equal(output, image)


def test_mirror_exchanges_left_and_right_exactly(image: np.ndarray) -> None:
    output = affine.warp(image, affine.mirror(40), (40, 30), (40, 30))
    np.testing.assert_array_equal(output, image[:, ::-1])


def test_positive_degrees_turn_clockwise(image: np.ndarray) -> None:
    square = image[:, :30]
    output = affine.warp(square, affine.rotate_and_scale((30, 30), 90), (30, 30), (30, 30))
    np.testing.assert_array_equal(output, np.rot90(square, -1))


@pytest.mark.parametrize('scale', [0.5, 1.7, 4.0])
def test_resize_follows_the_convention_of_opencv(scale: float) -> None:
    ramp = coordinates_image(80, 60)
    size = (int(80 * scale), int(60 * scale))
    output = affine.warp(ramp, affine.resize(scale, scale), size, size)
    expected = cv2.resize(ramp, size, interpolation=cv2.INTER_LINEAR)
    inner = slice(4, -4)  # at the border OpenCV repeats the image, where the warp meets the padding
    assert np.abs(output[inner, inner].astype(int) - expected[inner, inner]).max() <= 1


def test_points_and_pixels_move_alike() -> None:
    matrix = affine.compose(affine.mirror(200), affine.rotate_and_scale((200, 150), 8, 1.3), affine.shift(-30, -20))
    output = affine.warp(coordinates_image(200, 150), matrix, (160, 120), (160, 120)).astype(float)
    rows, columns = np.nonzero(output[..., 2] == 255)
    origins = affine.transform_points(np.column_stack([columns, rows]), affine.invert(matrix))
    # Colours are whole numbers, and positions in the warp multiples of 1 / 32.
    np.testing.assert_allclose(output[rows, columns, :2], origins, atol=0.54)
    assert len(rows) > 10000


def test_content_is_drawn_at_the_top_left_and_the_rest_padded(image: np.ndarray) -> None:
    output = affine.warp(image, np.eye(2, 3), (20, 10), (25, 15), pad_value=7)
    np.testing.assert_array_equal(output[:10, :20], image[:10, :20])
    assert (output[10:] == 7).all()
    assert (output[:, 20:] == 7).all()


def test_outside_the_image_is_padding(image: np.ndarray) -> None:
    output = affine.warp(image, affine.shift(5, 0), (45, 30), (45, 30), pad_value=7)
    assert (output[:, :5] == 7).all()
    np.testing.assert_array_equal(output[:, 5:], image)


def test_cut_out_leaves_the_warp_as_it_is() -> None:
    image = np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    turned = affine.compose(affine.rotate_and_scale((400, 300), 11, 1.5), affine.shift(-200, -150))
    view, matrix = affine.cut_out(image, turned, (90, 60))
    assert np.shares_memory(view, image)
    assert view.size < image.size / 10
    difference = affine.warp(view, matrix, (90, 60), (90, 60)).astype(int) - affine.warp(
        image, turned, (90, 60), (90, 60))
    assert np.abs(difference).max() <= 8  # one step of 1 / 32 of a pixel


@pytest.mark.parametrize(('x', 'y'), [(-5000, 0), (5000, 0), (0, -5000), (0, 5000)])
def test_cut_out_is_empty_where_nothing_is_seen(image: np.ndarray, x: int, y: int) -> None:
    assert affine.cut_out(image, affine.shift(x, y), (20, 20))[0].size == 0


def test_mirrored_order_starts_at_the_same_side_of_the_text() -> None:
    # A text line of three points above and three below; mirrored in an image 11 pixels wide.
    line = np.array([[0, 0], [4, 1], [10, 0], [10, 5], [4, 6], [0, 5]], dtype=float)
    mirrored = affine.transform_points(line, affine.mirror(11))
    expected = [[0, 0], [6, 1], [10, 0], [10, 5], [6, 6], [0, 5]]
    np.testing.assert_array_equal(affine.mirrored_order(mirrored), expected)


@pytest.mark.parametrize('count', [3, 4, 5, 14])
def test_mirrored_order_keeps_the_outline_and_its_sense(count: int) -> None:
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    polygon = np.column_stack([np.cos(angles), np.sin(angles)])
    reordered = affine.mirrored_order(polygon * (-1, 1))
    assert signed_area(reordered) == pytest.approx(signed_area(polygon))
    assert {tuple(p) for p in reordered} == {tuple(p) for p in polygon * (-1, 1)}
