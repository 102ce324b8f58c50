import numpy as np
import pytest
import torch
from torchvision.transforms.v2 import functional as torchvision_functional

from dbnetpp_plugin.datasets.transforms.photometric import adjust_colours

# OpenCV carries out the matrix with this error, before it rounds.
FIXED_POINT = 0.4
FACTORS = [0.0, 0.3, 0.87, 1.0, 1.13, 1.5, 3.0]


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)


def with_torchvision(image: np.ndarray, name: str, factor: float) -> np.ndarray:
    # In floating point: on bytes torchvision also cuts off what is behind the point, twice.
    rgb = torch.from_numpy(image[..., ::-1] / 255).permute(2, 0, 1)
    changed = getattr(torchvision_functional, f'adjust_{name}')(rgb, factor)
    return changed.permute(1, 2, 0).numpy()[..., ::-1] * 255


@pytest.mark.parametrize('factor', FACTORS)
@pytest.mark.parametrize('name', ['brightness', 'contrast', 'saturation'])
def test_means_what_it_means_in_torchvision(image: np.ndarray, name: str, factor: float) -> None:
    expected = with_torchvision(image, name, factor)
    np.testing.assert_allclose(adjust_colours(image, **{name: factor}), expected, atol=0.5 + FIXED_POINT)


@pytest.mark.parametrize(('brightness', 'contrast', 'saturation'), [(0.8, 1.2, 0.6), (1.1, 0.7, 1.4), (1.2, 1.1, 0.0)])
def test_all_three_are_one_after_the_other(brightness: float, contrast: float, saturation: float) -> None:
    image = np.random.default_rng(1).integers(90, 140, (60, 80, 3), dtype=np.uint8)  # nothing is clipped
    luma = np.array([0.114, 0.587, 0.2989])
    expected = image * brightness
    expected = contrast * expected + (1 - contrast) * (expected @ luma).mean()
    expected = saturation * expected + (1 - saturation) * (expected @ luma)[..., None]
    output = adjust_colours(image, brightness, contrast, saturation)
    np.testing.assert_allclose(output, expected, atol=0.5 + FIXED_POINT)


def test_channels_are_blue_green_red() -> None:
    # 0.114 * 200 = 22.8, 0.587 * 200 = 117.4, 0.2989 * 200 = 59.78
    primaries = np.diag([200, 200, 200]).astype(np.uint8)[None]
    grey = adjust_colours(primaries, saturation=0)
    np.testing.assert_array_equal(grey, [[[23] * 3, [117] * 3, [60] * 3]])


def test_values_are_clipped_at_both_ends() -> None:
    image = np.array([[[0] * 3, [255] * 3]], dtype=np.uint8)
    # About the mean of 127.5: 127.5 -+ 2 * 127.5.
    np.testing.assert_array_equal(adjust_colours(image, contrast=2), image)
    np.testing.assert_array_equal(adjust_colours(image, brightness=2), image)


def test_factors_of_one_change_nothing(image: np.ndarray) -> None:
    assert adjust_colours(image) is image


def test_works_on_a_view_and_leaves_it_alone(image: np.ndarray) -> None:
    before = image.copy()
    output = adjust_colours(image[5:20, 7:30], 1.2, 0.8, 0.5)
    np.testing.assert_array_equal(output, adjust_colours(before[5:20, 7:30].copy(), 1.2, 0.8, 0.5))
    np.testing.assert_array_equal(image, before)
