"""Affine matrices, and the one warp that carries them out.

A matrix is (2, 3) float64 and takes a column (x, y, 1) to (x, y). Integer coordinates are pixel centres, so an image of
width w spans x from -0.5 to w - 0.5; points and pixels move by the same matrix, and a mirrored or resized image and its
polygons stay together exactly. Sizes are (width, height).
"""

from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]
Size = tuple[int, int]

# Twice the reach of linear interpolation, so that rounding in the warp never looks beyond what was cut out for it.
_MARGIN = 2


def compose(*matrices: Matrix) -> Matrix:
    """One matrix for several, of which the first is applied first."""
    return reduce(_one_after_other, matrices)


def invert(matrix: Matrix) -> Matrix:
    """The matrix that undoes a matrix."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def mirror(width: int) -> Matrix:
    """Left and right exchanged in an image of this width."""
    return np.array([[-1, 0, width - 1], [0, 1, 0]], dtype=np.float64)


def rotate_and_scale(size: Size, degrees: float, scale: float = 1.0) -> Matrix:
    """Rotation, clockwise on the screen, and magnification about the centre of an image, which keeps its size."""
    centre = (np.array(size, dtype=np.float64) - 1) / 2
    cosine, sine = scale * np.cos(np.deg2rad(degrees)), scale * np.sin(np.deg2rad(degrees))
    linear = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([linear, centre - linear @ centre])


def resize(scale_x: float, scale_y: float) -> Matrix:
    """Resizing by these factors, where the edges of the outermost pixels, not their centres, map to each other."""
    return np.array([[scale_x, 0, (scale_x - 1) / 2], [0, scale_y, (scale_y - 1) / 2]])


def shift(x: float, y: float) -> Matrix:
    """Translation."""
    return np.array([[1, 0, x], [0, 1, y]], dtype=np.float64)


def transform_points(points: NDArray, matrix: Matrix) -> Points:
    """Points (K, 2) carried along by a matrix."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def outline(size: Size) -> Points:
    """Corners of an image, at the outer edges of its pixels, clockwise from the top left."""
    right, bottom = size[0] - 0.5, size[1] - 0.5
    return np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])


def mirrored_order(points: Points) -> Points:
    """Vertices of a mirrored text outline, put back into the order annotations use.

    Mirroring makes a clockwise outline counter-clockwise. Annotated text has one long side in the first half of its
    vertices and the other in the second; each half is read backwards, so that the outline is clockwise again and
    starts at the same side of the text.
    """
    half = len(points) // 2
    return np.concatenate([points[:half][::-1], points[half:][::-1]])


def warp(image: NDArray, matrix: Matrix, content: Size, size: Size, pad_value: int = 0) -> NDArray:
    """Carry an image out to new coordinates, with linear interpolation.

    Args:
        image: (H, W, 3).
        matrix: From the pixels of the image to those of the output.
        content: The image is drawn into the top left rectangle of this size.
        size: Size of the output.
        pad_value: What fills the output where there is no image.
    """
    width, height = size
    if content == size:
        output = np.empty((height, width, 3), np.uint8)
    else:
        output = np.full((height, width, 3), pad_value, np.uint8)
    target = output[:content[1], :content[0]]
    cv2.warpAffine(image, matrix, content, dst=target, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
                   borderValue=(pad_value,) * 3)
    return output


def cut_out(image: NDArray, matrix: Matrix, content: Size) -> tuple[NDArray, Matrix]:
    """The part of an image that :func:`warp` will look at, as a view, and the matrix for it.

    The view may be empty, if nothing of the image is seen.
    """
    corners = transform_points(outline(content), invert(matrix))
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - _MARGIN, 0)
    right, bottom = np.maximum(np.ceil(corners.max(axis=0)).astype(int) + _MARGIN + 1, 0)
    return image[top:bottom, left:right], compose(shift(left, top), matrix)


def _one_after_other(first: Matrix, then: Matrix) -> Matrix:
    both = then[:, :2] @ first
    both[:, 2] += then[:, 2]
    return both
