"""Colours, layers of ink, and the picture they are laid over."""

import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth.paint import Style, contrasting_colour, ink_layers, luminance
from dbnetpp_plugin.datasets.synth.picture import Picture

RED, BLUE = np.array([0.0, 0.0, 255.0]), np.array([255.0, 0.0, 0.0])


def test_colour_laid_over_by_hand():
    image = np.full((4, 5, 3), 100, np.uint8)
    picture = Picture(image)
    picture.lay_over(np.array([200.0, 100.0, 0.0]), np.array([[0.0, 0.5], [1.0, 0.25]]), (1, 2, 3, 4))
    expected = image.copy()
    expected[2:4, 1:3] = [[[100, 100, 100], [150, 100, 50]], [[200, 100, 0], [125, 100, 75]]]
    np.testing.assert_array_equal(picture.pixels, expected)
    assert (image == 100).all()


def test_picture_laid_over_by_hand():
    picture = Picture(np.zeros((2, 3, 3), np.uint8))
    layer = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)
    picture.lay_over(layer, np.array([[1.0, 0.5]]), (1, 1, 3, 2))
    np.testing.assert_array_equal(picture.pixels[1], [[0, 0, 0], [10, 20, 30], [20, 25, 30]])
    assert not picture.pixels[0].any()


def test_pixels_are_written_by_layers_alone():
    picture = Picture(np.zeros((4, 5, 3), np.uint8))
    assert (picture.size, picture.box) == ((5, 4), (0, 0, 5, 4))
    for view in (picture.pixels, picture.part((1, 1, 3, 3))):
        with pytest.raises(ValueError, match='read-only'):
            view[0] = 1


@pytest.mark.parametrize('ground', [0.0, 60.0, 127.0, 200.0, 255.0])
@pytest.mark.parametrize('contrast', [35.0, 110.0])
def test_colours_contrast_with_the_ground(ground, contrast):
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert abs(luminance(contrasting_colour(rng, ground, contrast)) - ground) >= contrast


@pytest.fixture
def ink():
    """One pixel of ink, and the 3 x 3 pixels that it covers with an edge."""
    ink, edged = np.zeros((9, 9), np.uint8), np.zeros((9, 9), np.uint8)
    ink[4, 4], edged[3:6, 3:6] = 255, 255
    return ink, edged


def test_plain_ink(ink):
    layer, = ink_layers(*ink, Style(RED, opacity=0.5))
    np.testing.assert_array_equal(layer[1], 0.5 * (ink[0] / 255).astype(np.float32))


def test_layers_of_ink_from_the_lowest_up(ink):
    shadow, edge, letters = ink_layers(*ink, Style(RED, edge_colour=BLUE, shadow=(2, -1)))
    assert (edge[0] is BLUE, letters[0] is RED) == (True, True)
    np.testing.assert_array_equal(edge[1] > 0, ink[1] > 0)
    assert not shadow[0].any()
    assert np.unravel_index(shadow[1].argmax(), (9, 9)) == (3, 6)  # A pixel up and two to the right.


def test_hollow_letters_are_their_edge_alone(ink):
    (colour, cover), = ink_layers(*ink, Style(RED, edge_colour=BLUE, hollow=True))
    assert colour is BLUE
    np.testing.assert_array_equal(cover > 0, (ink[1] > 0) & (ink[0] == 0))


def test_blurred_ink_is_soft(ink):
    (_, soft), = ink_layers(*ink, Style(RED, blur=1.0))
    assert 0 < soft.max() < 0.5
