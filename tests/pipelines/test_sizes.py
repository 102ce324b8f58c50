"""Sizes of resized images, and maps at several of them."""

import mmcv
import numpy as np
import pytest

from dbnetpp_plugin.pipelines.resizing import check_scales, fitted_into, largest_within
from dbnetpp_plugin.pipelines.scales import add_to_mean

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(('width', 'height'), RNG.integers(1, 5000, (20, 2)).tolist())
@pytest.mark.parametrize('scale', [(4096, 736), (736, 4096), (640, 640)])
def test_sizes_are_those_of_mmcv(width, height, scale):
    assert largest_within(width, height, scale) == mmcv.rescale_size((width, height), scale)


@pytest.mark.parametrize(('width', 'height', 'expected'), [
    (200, 100, (128, 64)),  # the width limits
    (100, 100, (96, 96)),  # the height limits
    (64, 48, (128, 96)),  # smaller images are enlarged
    (3, 4, (72, 96)),
])
def test_images_are_fitted_into_a_size(width, height, expected):
    assert fitted_into(width, height, (96, 128)) == expected


def test_scales_are_sorted_and_positive():
    assert check_scales((0.5, 2.0, 1.0)) == [2.0, 1.0, 0.5]
    for scales in ((), (1.0, 0.0)):
        with pytest.raises(ValueError, match='scales are positive numbers, at least one, got'):
            check_scales(scales)


def test_mean_of_three_maps_leaves_padding():
    """Of an image of 2 x 4 pixels in maps of 4 x 4; the others are constant, so that resizing changes nothing."""
    mean = np.full((1, 4, 4), 0.3, np.float32)
    for count, (value, size) in enumerate(((0.6, (4, 8)), (0.9, (1, 2))), 1):
        add_to_mean(mean, count, np.full((1, 8, 8), value, np.float32), [(2, 4)], [size])
    np.testing.assert_allclose(mean[0, :2], 0.6, rtol=1e-6)
    np.testing.assert_allclose(mean[0, 2:], 0.3, rtol=1e-6)
