"""Maps of large images, put together from tiles."""

import pytest
import torch
from torch import nn

from dbnetpp_plugin.inference.tiling import OVERLAP, tiled


def grey(images: torch.Tensor) -> torch.Tensor:
    return images.mean(1)


@pytest.mark.parametrize('size', [(64, 64), (96, 64), (64, 320), (320, 480), (352, 352), (96, 1024)])
@pytest.mark.parametrize('side', [64, 100, 128])
def test_a_network_without_context_gives_the_same(size, side):
    images = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(tiled(grey, images, side), grey(images), rtol=1e-5, atol=1e-6)


def test_no_tile_is_larger_and_small_images_are_not_divided():
    seen = []

    def network(images):
        seen.append(tuple(images.shape[-2:]))
        return grey(images)

    tiled(network, torch.zeros(1, 3, 128, 128), 100)
    assert seen == [(128, 128)]  # 100 is rounded up to 128
    seen.clear()
    tiled(network, torch.zeros(1, 3, 64, 320), 128)
    assert seen == [(64, 128)] * 3
    seen.clear()
    tiled(network, torch.zeros(1, 3, 224, 160), 128)
    assert seen == [(128, 128)] * 4


def test_the_borders_of_tiles_leave_no_trace():
    """A blur sees zeros beyond the border of a tile; where tiles fade into each other, that hardly shows."""
    blur = nn.Conv2d(3, 1, 9, padding=4, bias=False)
    nn.init.constant_(blur.weight, 1 / 243)
    images = torch.ones(1, 3, 128, 512)
    with torch.no_grad():
        maps = tiled(lambda part: blur(part)[:, 0], images, 128)[0]
    assert (maps[8:-8, 8:-8] - 1).abs().max() < 4.5 / 9 / (128 // OVERLAP) * 4
    seams = maps[64, 8:-8].diff().abs().max()
    assert seams < 0.05
