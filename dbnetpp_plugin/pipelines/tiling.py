"""Large images in overlapping tiles: one map of the whole image, so that no text is cut or found twice."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

OVERLAP = 4  # a tile overlaps the next one by this part of its side
STRIDE = 32  # what sides of tiles are multiples of


def tile_side(side: int) -> int:
    """Side of tiles in pixels, a multiple of 32.

    Raises:
        ValueError: If the side that was asked for is not positive.
    """
    if side < 1:
        raise ValueError(f'the side of tiles is a positive number of pixels, got {side}')
    return -(-side // STRIDE) * STRIDE


def is_larger(images: Any, side: int | None) -> bool:
    """Whether images (N, C, H, W) are larger than a tile of that side; without a side they never are."""
    return side is not None and max(images.shape[-2:]) > side


def tiled(to_maps: Callable[[Any], NDArray[np.float32]], images: Any, side: int) -> NDArray[np.float32]:
    """Maps of images that a network sees in tiles, and that fade into each other where tiles overlap.

    A network sees less around a pixel at the border of a tile, so there the pixel counts less. Only the memory for one
    tile is needed at a time.

    Args:
        to_maps: The network, from images (N, C, h, w) to maps (N, h, w).
        images: (N, C, H, W), an array or a tensor, with sides that 32 divides.
        side: Of the tiles, by :func:`tile_side`.

    Returns:
        (N, H, W).
    """
    height, width = images.shape[-2:]
    total = np.zeros((len(images), height, width), np.float32)
    weights = np.zeros((height, width), np.float32)
    for top in _starts(height, side):
        for left in _starts(width, side):
            seen = to_maps(images[..., top:top + side, left:left + side])
            weight = _fade(top, seen.shape[-2], height, side)[:, None] * _fade(left, seen.shape[-1], width, side)
            total[:, top:top + side, left:left + side] += seen * weight
            weights[top:top + side, left:left + side] += weight
    total /= weights
    return total


def _starts(length: int, side: int) -> list[int]:
    """First pixels of the tiles along one direction; the last tile ends with the image."""
    step = max(STRIDE, side - side // OVERLAP // STRIDE * STRIDE)
    return [*range(0, max(length - side, 0), step), max(length - side, 0)]


def _fade(start: int, count: int, length: int, side: int) -> NDArray[np.float32]:
    """Weights (count,) of the pixels of a tile: 1, and falling towards its ends where another tile goes on."""
    reach = max(1, side // OVERLAP)
    position = np.arange(count, dtype=np.float32) + np.float32(0.5)
    weight = np.ones(count, np.float32)
    if start > 0:
        np.minimum(weight, position / reach, out=weight)
    if start + count < length:
        np.minimum(weight, (count - position) / reach, out=weight)
    return weight
