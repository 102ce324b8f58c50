"""Large images in overlapping tiles: one map of the whole image, so that no text is cut or found twice."""

from collections.abc import Callable

import torch
from torch import Tensor

OVERLAP = 4  # a tile overlaps the next one by this part of its side
STRIDE = 32  # what sides of tiles are multiples of


def tiled(to_maps: Callable[[Tensor], Tensor], images: Tensor, side: int) -> Tensor:
    """Maps of images that a network sees in tiles, and that fade into each other where tiles overlap.

    A network sees less around a pixel at the border of a tile, so there the pixel counts less. Only the memory for one
    tile is needed at a time.

    Args:
        to_maps: The network, from images (N, C, h, w) to maps (N, h, w).
        images: (N, C, H, W), with sides that 32 divides.
        side: Of the tiles in pixels; it is rounded up to a multiple of 32.

    Returns:
        (N, H, W), on the CPU if there are several tiles. Images that are not larger than a tile go through the network
        as they are.
    """
    side = -(-side // STRIDE) * STRIDE
    height, width = images.shape[-2:]
    if max(height, width) <= side:
        return to_maps(images)
    total, weights = torch.zeros(len(images), height, width), torch.zeros(height, width)
    for top in _starts(height, side):
        for left in _starts(width, side):
            part = images[..., top:top + side, left:left + side]
            seen = to_maps(part).float().cpu()
            weight = _fade(top, seen.shape[-2], height, side)[:, None] * _fade(left, seen.shape[-1], width, side)
            total[:, top:top + side, left:left + side] += seen * weight
            weights[top:top + side, left:left + side] += weight
    return total / weights


def _starts(length: int, side: int) -> list[int]:
    """First pixels of the tiles along one direction; the last tile ends with the image."""
    step = max(STRIDE, side - side // OVERLAP // STRIDE * STRIDE)
    return [*range(0, max(length - side, 0), step), max(length - side, 0)]


def _fade(start: int, count: int, length: int, side: int) -> Tensor:
    """Weights (count,) of the pixels of a tile: 1, and falling towards its ends where another tile goes on."""
    reach = max(1, side // OVERLAP)
    position = torch.arange(count, dtype=torch.float32) + 0.5
    weight = torch.ones(count)
    if start > 0:
        weight = torch.minimum(weight, position / reach)
    if start + count < length:
        weight = torch.minimum(weight, (count - position) / reach)
    return weight
