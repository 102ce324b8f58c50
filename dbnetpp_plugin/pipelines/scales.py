"""One map of an image that a network saw at several sizes.

Shapes: N images of a batch.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]
Sizes = Sequence[tuple[int, int]]  # (height, width) of each image, without padding


def add_to_mean(mean: Maps, count: int, maps: Maps, sizes: Sizes, other_sizes: Sizes) -> None:
    """Add maps at another size to a mean, in place; what is padding stays as it is.

    Args:
        mean: (N, H, W), the mean of so many maps.
        count: How many.
        maps: (N, H', W'), of the same images.
        sizes: Of the images in ``mean``.
        other_sizes: Of the images in ``maps``.
    """
    for index, ((height, width), (rows, columns)) in enumerate(zip(sizes, other_sizes, strict=True)):
        seen = cv2.resize(np.ascontiguousarray(maps[index, :rows, :columns]), (width, height),
                          interpolation=cv2.INTER_LINEAR)
        part = mean[index, :height, :width]
        part += (seen - part) / (count + 1)
