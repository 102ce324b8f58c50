"""Cutting texts out of an image, upright and straight, as recognizers want them and as they are trained on them."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from dbnetpp_plugin.geometry.straighten import TextEdges, text_edges

Image = NDArray[np.uint8]

MAX_SIDE = 64  # pixels; what recognizers see is 32 to 64 high
OVERSAMPLING = 4  # beyond, sampling a large text at every pixel takes time and shows no more
MAX_LENGTH = 4096  # pixels of the longer side, for outlines that are no text
MARGIN = 0.1  # of the height of a text, at its ends: detectors tend to cut off letters there
TALL = 1.5  # of height to width, from which on a crop is taken for a turned line


class TextCrop(NamedTuple):
    """A text cut out of an image, and where it came from."""

    image: Image
    """(H, W, 3) or (H, W)."""
    edges: TextEdges
    """Of the text, in pixels of the image."""
    beyond: tuple[float, float]
    """How far the crop reaches beyond the text: at both ends, as a share of its length; above and below, as a share of
    its height."""

    def share_of_text(self, share: float) -> float:
        """From a share of the width of the crop to a share of the length of the text, in [0, 1]."""
        return min(max(share * (1 + 2 * self.beyond[0]) - self.beyond[0], 0.0), 1.0)


def crop_polygon(image: Image, polygon: ArrayLike, *, ordered: bool = False, max_side: int = MAX_SIDE,
                 margin: float = 0.0) -> Image | None:
    """Cut a text out of an image; see :func:`text_crop`, of which this is the picture."""
    crop = text_crop(image, polygon, ordered=ordered, max_side=max_side, margin=margin)
    return None if crop is None else crop.image


def text_crop(image: Image, polygon: ArrayLike, *, ordered: bool = False, max_side: int = MAX_SIDE,
              margin: float = 0.0) -> TextCrop | None:
    """Cut a text out of an image, and remember where its borders lie.

    A quad becomes a rectangle, its first corner the top left one; a bent outline is straightened. What lies outside
    the image repeats its border. A quad along the axes with corners on whole pixels is cut out as it is.

    Args:
        image: (H, W, 3) or (H, W).
        polygon: K points, (K, 2) or flat, in pixels of the image.
        ordered: Whether the first point is the top left one of the text as it is read, as in annotations. A detected
            outline says nothing about that: a straight text that is taller than wide then comes out tall, its upper
            end on top, and a bent one begins on the left, or at its upper end if it is steep.
        max_side: A text of which the shorter side is longer, in pixels, is scaled down to that, as smoothly as a
            recognizer's own resizing is not.
        margin: How far the crop reaches beyond the polygon at the ends of the text, in units of its height; above and
            below it is a quarter of that.

    Returns:
        The crop, or None if the polygon is not one, or has no extent.
    """
    try:
        edges = text_edges(polygon, ordered)
    except ValueError:
        return None
    if edges is None:
        return None
    wider = _widened(edges, margin)
    beyond = [(after - before) / (2 * before) for before, after in zip(_size(edges), _size(wider), strict=True)]
    return TextCrop(_shrunk(_flattened(image, wider, max_side * OVERSAMPLING), max_side), edges, (beyond[0], beyond[1]))


def turned(crop: TextCrop, quarters: int) -> TextCrop:
    """The crop turned counterclockwise by so many quarters of a turn; one of a bent text only by an even number.

    Raises:
        ValueError: If the crop of a bent text would stand on an end.
    """
    if quarters % 4 == 0:
        return crop
    image = np.ascontiguousarray(np.rot90(crop.image, quarters))
    top, bottom = crop.edges
    if quarters % 4 == 2:
        return TextCrop(image, TextEdges(bottom[::-1], top[::-1]), crop.beyond)
    if len(top) > 2:
        raise ValueError('the crop of a bent text has no edges at its ends: it is turned by half a turn or not at all')
    corners = np.roll(np.concatenate([top, bottom[::-1]]), -(quarters % 4), axis=0)
    return TextCrop(image, TextEdges(corners[:2], corners[:1:-1]), crop.beyond[::-1])


def ways_to_read(crop: TextCrop) -> list[TextCrop]:
    """The crop as it is, and turned in the other ways in which its text may be meant.

    A tall crop may be a single letter, or a line that runs down or up; a steep bent one runs down or up.

    Args:
        crop: Of a detected outline, by :func:`text_crop`.
    """
    if len(crop.edges.top) > 2:
        quarters = [0, 2] if _is_steep(crop.edges) else [0]
    else:
        quarters = [0, 1, 3] if is_tall(crop.image) else [0]
    return [turned(crop, quarter) for quarter in quarters]


def is_tall(crop: Image) -> bool:
    """Whether a crop is taken for a line of text that runs up or down."""
    return crop.shape[0] >= TALL * crop.shape[1]


def _is_steep(edges: TextEdges) -> bool:
    dx, dy = edges.top[-1] + edges.bottom[-1] - edges.top[0] - edges.bottom[0]
    return abs(dy) > abs(dx)


def _widened(edges: TextEdges, margin: float) -> TextEdges:
    """The edges, moved apart, and longer at both ends; the longer direction is that of the text."""
    width, height = _size(edges)
    along, across = (margin, margin / 4) if width >= height else (margin / 4, margin)
    away = (edges.top - edges.bottom) / height * min(width, height) * across
    top, bottom = edges.top + away, edges.bottom - away
    for edge in (top, bottom):
        ends = edge[[0, -1]] - edge[[1, -2]]
        lengths = np.maximum(np.hypot(*ends.T), 1e-6)[:, None]
        edge[[0, -1]] += ends / lengths * min(width, height) * along
    return TextEdges(top, bottom)


def _flattened(image: Image, edges: TextEdges, max_side: int) -> Image:
    """The text between the edges, with about the pixels it has in the image, and not many more than ``max_side``."""
    width, height = _size(edges)
    scale = min(1.0, max_side / min(width, height), MAX_LENGTH / max(width, height))
    size = max(1, round(width * scale)) + 1, max(1, round(height * scale)) + 1
    part, corner = _part_around(image, np.concatenate(edges))
    top, bottom = (edge - corner for edge in edges)
    if len(top) == 2:
        return _view_of_quad(part, np.concatenate([top, bottom[::-1]]), size)
    return _view_between(part, top, bottom, size)


def _size(edges: TextEdges) -> tuple[float, float]:
    width = np.hypot(*np.diff(edges, axis=1).reshape(-1, 2).T).sum() / 2
    height = np.hypot(*(edges.bottom - edges.top).T).mean()
    return max(float(width), 1e-6), max(float(height), 1e-6)


def _part_around(image: Image, points: NDArray) -> tuple[Image, NDArray[np.int64]]:
    """The part of the image, at least a pixel of it, that shows the points, and its top left corner (x, y).

    Warping takes no images of more than 32767 pixels a side.
    """
    limit = np.array(image.shape[1::-1])
    low = np.clip(np.floor(points.min(axis=0)) - 1, 0, limit - 1).astype(np.int64)
    high = np.clip(np.ceil(points.max(axis=0)) + 2, low + 1, limit).astype(np.int64)
    return image[low[1]:high[1], low[0]:high[0]], low


def _view_of_quad(image: Image, corners: NDArray, size: tuple[int, int]) -> Image:
    right, bottom = size[0] - 1, size[1] - 1
    target = np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], np.float32)
    matrix = cv2.getPerspectiveTransform(target, corners.astype(np.float32))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _view_between(image: Image, top: NDArray, bottom: NDArray, size: tuple[int, int]) -> Image:
    columns, rows = np.linspace(0, len(top) - 1, size[0]), np.linspace(0, 1, size[1], dtype=np.float32)
    upper, lower = (np.stack([np.interp(columns, np.arange(len(edge)), axis) for axis in edge.T]).astype(np.float32)
                    for edge in (top, bottom))  # (2, width)
    x, y = upper[:, None] + rows[:, None] * (lower - upper)[:, None]
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _shrunk(crop: Image, max_side: int) -> Image:
    height, width = crop.shape[:2]
    scale = max_side / min(height, width)
    if scale >= 1:
        return crop
    size = math.ceil(width * scale), math.ceil(height * scale)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
