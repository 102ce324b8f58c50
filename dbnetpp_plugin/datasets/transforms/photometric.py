"""Brightness, contrast and saturation as one affine map of colours.

Each factor means what it means in torchvision's ``ColorJitter``: 1 changes nothing; 0 gives a black image, one of
uniform grey, and a black-and-white one. All three are linear in the colours, and the result does not depend on their
order as long as no value leaves [0, 255] in between, so they are multiplied into one matrix and applied, rounded and
clipped once. Images are (H, W, 3) uint8, BGR.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

# ITU-R 601 luma in the order of the channels, with the digits torchvision uses.
LUMA_BGR = np.array([0.114, 0.587, 0.2989])


def adjust_colours(image: NDArray, brightness: float = 1.0, contrast: float = 1.0,
                   saturation: float = 1.0) -> NDArray:
    """Scale brightness, contrast (about the mean grey of the image) and saturation.

    Returns:
        A new image, or the given one if every factor is 1.
    """
    if brightness == contrast == saturation == 1.0:
        return image
    mean_grey = float(LUMA_BGR @ np.array(cv2.mean(image))[:3]) if contrast != 1.0 else 0.0
    return cv2.transform(image, colour_matrix(brightness, contrast, saturation, mean_grey))


def colour_matrix(brightness: float, contrast: float, saturation: float, mean_grey: float) -> NDArray[np.float64]:
    """The (3, 4) matrix that takes a column (blue, green, red, 1) to its new colour."""
    desaturated = np.broadcast_to(LUMA_BGR, (3, 3))
    saturated = saturation * np.eye(3) + (1 - saturation) * desaturated
    lifted = np.full((3, 1), (1 - contrast) * mean_grey)
    return brightness * np.hstack([contrast * saturated, lifted])
