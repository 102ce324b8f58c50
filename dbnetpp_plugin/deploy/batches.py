"""Batches of images of different sizes, as the networks of ONNX files take them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def padded(images: Sequence[NDArray], size: tuple[int, int], colour: Sequence[float]) -> NDArray[np.float32]:
    """Images at the top left of a batch.

    Args:
        images: N arrays (H_i, W_i, C), or (H_i, W_i) for one channel.
        size: Height and width of the batch, at least those of the images.
        colour: C numbers, of what is added.

    Returns:
        (N, C, H, W).
    """
    batch = np.empty((len(images), len(colour), *size), np.float32)
    batch[:] = np.asarray(colour, np.float32)[:, None, None]
    for place, image in zip(batch, images, strict=True):
        place[:, :image.shape[0], :image.shape[1]] = image.reshape(*image.shape[:2], -1).transpose(2, 0, 1)
    return batch


def rounded_up(length: int, divisor: int) -> int:
    """The least multiple of the divisor that is not smaller."""
    return -(-length // divisor) * divisor
