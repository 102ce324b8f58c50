"""What is behind text: grounds, noise, boards and things that are not text."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth import RICH, find_photographs
from dbnetpp_plugin.datasets.synth.clutter import add_clutter, random_icon, random_outline, random_shape
from dbnetpp_plugin.datasets.synth.grounds import (
    hue_matrix,
    is_grey,
    random_clouds,
    random_ground,
    random_leaves,
    random_part,
    random_pattern,
    random_region,
    random_surface,
    recoloured,
)
from dbnetpp_plugin.datasets.synth.noise import SIDE, with_noise
from dbnetpp_plugin.datasets.synth.paint import LUMINANCE
from dbnetpp_plugin.datasets.synth.picture import Picture
from dbnetpp_plugin.datasets.synth.signs import board_border, board_shape

SIZE = (320, 240)
PHOTOGRAPHS = find_photographs()['train']
GREY = np.full((240, 320, 3), 90, np.uint8)


@pytest.mark.parametrize('make', [
    lambda rng: random_ground(rng, PHOTOGRAPHS, SIZE),
    lambda rng: random_ground(rng, PHOTOGRAPHS, SIZE, RICH),
    lambda rng: random_part(rng, PHOTOGRAPHS, SIZE),
    lambda rng: random_surface(rng, SIZE),
    lambda rng: random_pattern(rng, SIZE),
    lambda rng: random_leaves(rng, SIZE),
    lambda rng: random_clouds(rng, SIZE),
    lambda rng: recoloured(rng, GREY),
    lambda rng: recoloured(rng, np.full((240, 320, 3), (9, 90, 200), np.uint8)),
    lambda rng: with_noise(rng, GREY, 5.0),
])
def test_pictures_are_of_the_size_asked_for(make):
    pictures = [make(np.random.default_rng(seed)) for seed in range(12)]
    assert all((image.shape, image.dtype) == ((240, 320, 3), np.uint8) for image in pictures)
    np.testing.assert_array_equal(pictures[3], make(np.random.default_rng(3)))
    assert len({image.tobytes() for image in pictures}) > 1


@pytest.mark.parametrize('make', [random_surface, random_pattern, random_leaves, random_clouds])
def test_grounds_of_a_few_pixels(make):
    # Word crops are as small as this.
    for seed in range(10):
        assert make(np.random.default_rng(seed), (8, 9)).shape == (9, 8, 3)


def test_recolouring_leaves_the_given_picture_alone():
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    image.flags.writeable = False
    for seed in range(10):
        recoloured(np.random.default_rng(seed), image)
        with_noise(np.random.default_rng(seed), image, 4.0)


@pytest.mark.parametrize('angle', [0.0, 1.0, 4.0])
def test_hue_keeps_grey(angle):
    np.testing.assert_allclose(hue_matrix(angle, 1.3) @ np.full(3, 70.0), np.full(3, 70.0))


def test_hue_by_hand():
    np.testing.assert_allclose(hue_matrix(0.0, 1.0), np.eye(3), atol=1e-12)
    # A third of a turn moves each colour on to the place of the next; no saturation leaves the luminance.
    np.testing.assert_allclose(np.abs(hue_matrix(2 * np.pi / 3, 1.0)).sum(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose(hue_matrix(0.0, 0.0) @ [0, 255, 0], np.full(3, 255 * LUMINANCE[1]))


def test_grey_pictures_are_told():
    assert is_grey(GREY)
    assert not is_grey(np.full((20, 20, 3), (90, 90, 91), np.uint8))


def test_regions_lie_in_the_picture():
    for seed in range(40):
        cover, (x0, y0, x1, y1) = random_region(np.random.default_rng(seed), SIZE)
        assert 0 <= x0 < x1 <= SIZE[0]
        assert 0 <= y0 < y1 <= SIZE[1]
        assert cover.shape == (y1 - y0, x1 - x0)


def test_noise_is_as_strong_as_asked_for():
    image = np.full((300, 400, 3), 128, np.uint8)
    noisy = with_noise(np.random.default_rng(0), image, 8.0)
    assert noisy.std() == pytest.approx(8, rel=0.05)
    assert noisy.mean() == pytest.approx(128, abs=0.2)
    assert not is_grey(noisy)
    assert is_grey(with_noise(np.random.default_rng(0), image, 8.0, grey=True))


def test_noise_for_pictures_larger_than_its_sheet():
    assert with_noise(np.random.default_rng(0), np.full((9, SIDE + 5, 3), 128, np.uint8), 8.0).std() > 6


def test_clutter_has_every_shape():
    areas = [(random_shape(np.random.default_rng(seed), SIZE) > 0).mean() for seed in range(40)]
    assert max(areas) < 0.9
    assert sum(area > 0 for area in areas) > 30


def test_icons_fill_their_square_or_a_part_of_it():
    areas = np.array([[(random_icon(np.random.default_rng(seed), 60, scale) > 0).sum() for scale in (1.0, 0.5)]
                      for seed in range(30)])
    assert (areas > 0).all()
    assert areas[:, 1].mean() < 0.5 * areas[:, 0].mean()
    assert (areas[:, 1] <= 32 ** 2).all()


def test_outlines_of_icons_reach_no_farther_than_one():
    outlines = [random_outline(np.random.default_rng(seed)) for seed in range(60)]
    assert max(np.hypot(*outline.T).max() for outline in outlines) <= 0.8 * 2 ** 0.5 + 1e-9
    assert len({len(outline) for outline in outlines}) > 5


def test_clutter_is_laid_over_its_picture_alone():
    ground = GREY.copy()
    ground.flags.writeable = False
    changed = 0
    for seed in range(12):
        picture = Picture(ground)
        add_clutter(np.random.default_rng(seed), picture, RICH)
        changed += bool((picture.pixels != ground).any())
    assert changed > 6


def test_icons_come_on_top_of_other_clutter():
    for seed in range(5):
        changed = []
        for icons in (0.0, 15.0):
            picture = Picture(GREY)
            add_clutter(np.random.default_rng(seed), picture, replace(RICH, icons=icons))
            changed.append(int((picture.pixels != GREY).any(axis=2).sum()))
        assert changed[1] > changed[0] + 500


@pytest.mark.parametrize('option', ['patterns', 'regions'])
def test_share_of_painted_grounds(option):
    # On a white photograph, what is not even was painted.
    white = [np.full((240, 320, 3), 255, np.uint8)]
    shares = []
    for share in (0.0, 1.0):
        options = replace(RICH, patterns=0.0, regions=0.0) if share == 0 else replace(
            RICH, **{'patterns': 0.0, 'regions': 0.0, option: 1.0})
        grounds = [random_ground(np.random.default_rng(seed), white, SIZE, options) for seed in range(30)]
        shares.append(np.mean([ground.std(axis=(0, 1)).max() > 3 for ground in grounds]))
    assert shares[0] < 0.5
    assert shares[1] > shares[0] + 0.3


def test_board_with_round_corners():
    assert (board_shape((40, 30), 0) == 255).all()
    board = board_shape((40, 30), 6)
    assert board.shape == (30, 40)
    assert not board[[0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert (board[15] == 255).all()
    assert (board[:, 20] == 255).all()
    # Of each corner's square, a quarter of a circle is left; OpenCV's circle is about half a pixel larger.
    assert (board > 127).sum() == pytest.approx(40 * 30 - (4 - np.pi) * 6 ** 2, abs=16)


def test_radius_larger_than_a_board():
    assert cv2.countNonZero(board_shape((20, 8), 50)) > 0


def test_border_of_a_board():
    border = board_border(board_shape((40, 30), 0), text_size=20, width=0.1, inset=0.05)
    expected = np.zeros((30, 40), np.uint8)
    expected[1:-1, 1:-1] = 255  # 0.05 of 20 inside the edge,
    expected[3:-3, 3:-3] = 0  # and 0.1 of 20 wide.
    np.testing.assert_array_equal(border, expected)
    assert not board_border(board_shape((40, 30), 0), text_size=20, width=0.02, inset=0.05).any()
