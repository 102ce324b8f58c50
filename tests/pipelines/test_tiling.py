"""Maps of large images, put together from tiles."""

import numpy as np
import pytest
import torch
from torch import nn

from dbnetpp_plugin.pipelines.tiling import OVERLAP, is_larger, tile_side, tiled


def grey(images: np.ndarray) -> np.ndarray:
    return images.mean(1)


@pytest.mark.parametrize('size', [(96, 64), (64, 320), (320, 480), (352, 352), (96, 1024)])
@pytest.mark.parametrize('side', [64, 128])
def test_a_network_without_context_gives_the_same(size, side):
    images = np.random.default_rng(0).random((2, 3, *size), np.float32)
    found = tiled(grey, images, side)
    np.testing.assert_allclose(found, grey(images), rtol=1e-5, atol=1e-6)
    assert found.dtype == np.float32


def test_tensors_are_taken_too():
    images = torch.rand(2, 3, 64, 160, generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(tiled(lambda part: part.mean(1).numpy(), images, 64), images.mean(1), atol=1e-6)


@pytest.mark.parametrize(('size', 'parts'), [
    ((64, 320), [(64, 128)] * 3), ((224, 160), [(128, 128)] * 4)])
def test_no_tile_is_larger(size, parts):
    seen = []

    def network(images):
        seen.append(images.shape[-2:])
        return grey(images)

    tiled(network, np.zeros((1, 3, *size), np.float32), tile_side(100))  # 100 is rounded up to 128
    assert seen == parts


@pytest.mark.parametrize(('side', 'expected'), [(127, True), (128, False), (129, False), (None, False)])
def test_which_images_are_larger_than_a_tile(side, expected):
    assert is_larger(np.zeros((1, 3, 64, 128)), side) == expected


def test_the_side_of_tiles_is_positive():
    assert [tile_side(side) for side in (1, 32, 33)] == [32, 32, 64]
    with pytest.raises(ValueError, match='the side of tiles is a positive number of pixels, got 0'):
        tile_side(0)


def test_the_borders_of_tiles_leave_no_trace():
    """A blur sees zeros beyond the border of a tile; where tiles fade into each other, that hardly shows."""
    blur = nn.Conv2d(3, 1, 9, padding=4, bias=False)
    nn.init.constant_(blur.weight, 1 / 243)
    images = torch.ones(1, 3, 128, 512)
    with torch.no_grad():
        maps = tiled(lambda part: blur(part)[:, 0].numpy(), images, 128)[0]
    assert np.abs(maps[8:-8, 8:-8] - 1).max() < 4.5 / 9 / (128 // OVERLAP) * 4
    seams = np.abs(np.diff(maps[64, 8:-8])).max()
    assert seams < 0.05
