"""Outlines against the image they belong to: how far they reach out of it, and what would bring them back.

N outlines, each known by its box x0, y0, x1, y1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]

EXCHANGED = 'x and y exchanged'
PARTS = 'coordinates taken as parts of width and height'
# Outlines that leave the image a little are common; this much of its longer side is no slip of the hand.
SLACK = 0.05


def excess(boxes: ArrayLike, width: float, height: float) -> Floats:
    """How far each box reaches out of an image, (N,), in pixels, on the side where it is most; negative inside.

    Args:
        boxes: (N, 4).
        width: Of the image; infinite if it is unknown.
        height: The same.
    """
    x0, y0, x1, y1 = np.reshape(np.asarray(boxes, np.float64), (-1, 4)).T
    return np.maximum(np.maximum(-x0, -y0), np.maximum(x1 - width, y1 - height))


def far_outside(boxes: ArrayLike, width: float, height: float) -> NDArray[np.bool_]:
    """Which boxes reach out of an image by more than :data:`SLACK`, or have their middle outside, (N,)."""
    x0, y0, x1, y1 = np.reshape(np.asarray(boxes, np.float64), (-1, 4)).T
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return (excess(boxes, width, height) > SLACK * max(width, height)) | (x < 0) | (x > width) | (y < 0) | (y > height)


def exchanged(points: Floats) -> Floats:
    """Points, (..., 2), with x and y exchanged."""
    return points[..., ::-1]


def times_size(points: Floats, width: float, height: float) -> Floats:
    """Points, (..., 2), that were given as parts of width and height."""
    return points * (width, height)
