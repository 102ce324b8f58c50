"""Training targets of differentiable binarization (DBNet, arXiv 1911.08947): the four label maps of an image.

With round corners, a polygon shrunk by D is what lies inside it at least D away from its outline, and grown by D what
lies inside it or less than D away. Both, and the band of the threshold map between them, follow from one field of
distances, computed exactly from the edges: nothing is clipped, and nothing is rounded to pixels.

A kernel is the polygon shrunk by D - 0.5. At inference a contour runs through the centres of the outermost pixels, on
average half a pixel inside the shape that was drawn, so the contour of a kernel is the polygon shrunk by D. In the
official code ``cv2.fillPoly`` does the same: it also draws the pixels that an outline crosses.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .coverage import Coverage
from .distances import Distances
from .offset import offset, shrink_distance
from .outlines import Outlines, Windows, windows_around
from .polygons import Points, are_valid, as_points, repair, short_side, simple_rings

# Text of a smaller area, in square pixels, is not trained on, whatever its sides.
MIN_AREA = 1.0
# From the outline of a kernel to its contour, in pixels.
CONTOUR_INSET = 0.5
# So that rounding does not decide where the outline of the valid part runs through pixel centres, in pixels.
VALID_TOLERANCE = 1e-3


class LabelMaps(NamedTuple):
    """What a text detector is trained towards, each map (H, W).

    Attributes:
        shrink_map: uint8, 1 inside the kernels, the text polygons shrunk by D - 0.5.
        shrink_mask: uint8, 0 where the probability is not trained: inside text that is not trained on, and padding.
        threshold_map: float16, the upper threshold on the outline of a text, falling to the lower one at distance D.
        threshold_mask: uint8, 1 where the threshold is trained: inside the text polygons grown by D.
    """

    shrink_map: NDArray[np.uint8]
    shrink_mask: NDArray[np.uint8]
    threshold_map: NDArray[np.float16]
    threshold_mask: NDArray[np.uint8]


def label_maps(
    polygons: Sequence[ArrayLike],
    ignored: ArrayLike,
    shape: tuple[int, int],
    *,
    shrink_ratio: float = 0.4,
    threshold_range: tuple[float, float] = (0.3, 0.7),
    min_size: float = 8.0,
    valid_polygon: ArrayLike | None = None,
) -> LabelMaps:
    """Draw the label maps of one image.

    ``D = A (1 - shrink_ratio^2) / L`` for a polygon of area A and perimeter L; parts outside the image count, and a
    polygon that crosses itself is repaired and its parts are one text, see :func:`.polygons.simple_rings`. Where bands
    overlap the larger threshold wins, and where text that is not trained on overlaps a kernel the mask does, as in the
    official code. If D is below 0.5, the kernel is the whole text.

    Text is not trained on if it is ignored, too small, or wholly in the image with no pixel in its kernel. It has no
    kernel and no band.

    Args:
        polygons: Text polygons in pixels, (K, 2) or flat; pixel (column j, row i) is the point (x=j, y=i).
        ignored: Whether each text is marked as not to be trained on.
        shape: Height and width of the image.
        shrink_ratio: r, between 0 and 1.
        threshold_range: Lower and upper threshold.
        min_size: Shorter side of the least rectangle around a text, in pixels, below which it is too small.
        valid_polygon: Outline of the real image in a padded one; outside it both masks are 0.

    Raises:
        ValueError: If a polygon is malformed, the numbers of polygons and flags differ, or an option is out of range.
    """
    _check_options(shape, shrink_ratio, threshold_range)
    texts, flags = _checked_texts(polygons, ignored)
    maps = LabelMaps(
        shrink_map=np.zeros(shape, np.uint8),
        shrink_mask=np.ones(shape, np.uint8),
        threshold_map=np.full(shape, threshold_range[0], np.float16),
        threshold_mask=np.zeros(shape, np.uint8),
    )
    if texts:
        outlines = _outlines_of(texts)
        _draw_texts(maps, outlines, _may_be_trained(texts, outlines, flags, min_size), shrink_ratio, threshold_range)
    if valid_polygon is not None:
        is_padding = ~_valid_pixels(_checked_points('valid_polygon', valid_polygon), shape)
        np.copyto(maps.shrink_mask, 0, where=is_padding)
        np.copyto(maps.threshold_mask, 0, where=is_padding)
    return maps


def _draw_texts(
    maps: LabelMaps,
    outlines: Outlines,
    is_trained: NDArray[np.bool_],
    shrink_ratio: float,
    threshold_range: tuple[float, float],
) -> None:
    """Write all texts into maps that show none."""
    shape = maps.shrink_map.shape
    distance = np.ones(len(is_trained))
    area, perimeter = outlines.area[is_trained], outlines.perimeter[is_trained]
    distance[is_trained] = shrink_distance(area, perimeter, shrink_ratio)
    windows = _windows(outlines, distance * is_trained, shape)
    slices, may_be_cut = windows.slices(), _may_be_cut(outlines, shape)
    bands = _bands(slices, windows.pixels, is_trained, shape)
    nearest = np.empty(shape, np.float32)  # (distance / D)^2 of the text whose band is highest, where there is a band
    for band in bands:
        nearest[band] = 1
    coverage, distances = Coverage(outlines, windows), Distances(outlines, windows, distance)
    kernel_from = np.square(np.maximum(1 - CONTOUR_INSET / distance, 0)).tolist()
    for index, window in enumerate(slices):
        inside, kernels, near = coverage[index], maps.shrink_map[window], nearest[window]
        is_drawn = is_trained[index] and _draw_text(
            kernels, near, inside, distances[index], kernel_from[index], may_be_cut[index]
        )
        if not is_drawn:
            np.copyto(maps.shrink_mask[window], 0, where=inside)
    for band in bands:
        np.bitwise_or(maps.shrink_map[band], nearest[band] < 1, out=maps.threshold_mask[band])
        maps.threshold_map[band] = _thresholds(nearest[band], threshold_range)


def _draw_text(
    kernels: NDArray[np.uint8],
    nearest: NDArray[np.float32],
    inside: NDArray[np.bool_],
    squares: NDArray[np.float32],
    kernel_from: float,
    may_be_cut: bool,
) -> bool:
    """Add a kernel and a band, given (distance / D)^2; nothing, and False, if no pixel of a whole kernel is inside."""
    kernel = (squares >= kernel_from) & inside
    if not may_be_cut and not np.count_nonzero(kernel):
        return False
    np.copyto(kernels, 1, where=kernel)
    np.minimum(nearest, squares, out=nearest)
    return True


def _thresholds(nearest: NDArray[np.float32], threshold_range: tuple[float, float]) -> NDArray[np.float16]:
    """Thresholds for (distance / D)^2 of at most 1; there must be some."""
    lower, upper = threshold_range
    thresholds = np.sqrt(nearest)
    thresholds *= lower - upper
    thresholds += upper
    return cv2.convertFp16(thresholds).view(np.float16)  # the same as NumPy's cast, and many times as fast


def _may_be_trained(
    texts: list[Points], outlines: Outlines, flags: NDArray[np.bool_], min_size: float
) -> NDArray[np.bool_]:
    """Whether each text is neither ignored nor too small."""
    may_be: NDArray[np.bool_] = ~flags & (outlines.area >= MIN_AREA)
    # A rectangle around a polygon is at most half its perimeter long, so its short side is at least 2 A / L.
    for index in (may_be & (2 * outlines.area < min_size * outlines.perimeter)).nonzero()[0].tolist():
        may_be[index] = short_side(texts[index]) >= min_size
    return may_be


def _windows(outlines: Outlines, margin: NDArray[np.float64], shape: tuple[int, ...]) -> Windows:
    """Pixels of the image that a polygon or the band around it can reach."""
    image = Windows(np.zeros(2, np.int64), np.array(shape[::-1]))
    return windows_around(outlines.least - margin[:, None], outlines.greatest + margin[:, None], image)


def _may_be_cut(outlines: Outlines, shape: tuple[int, ...]) -> list[bool]:
    """Whether each polygon leaves the image, so that pixels of its kernel may lie outside."""
    (left, top), (right, bottom), (height, width) = outlines.least.T, outlines.greatest.T, shape
    is_cut: NDArray[np.bool_] = (left < 0) | (top < 0) | (right > width - 1) | (bottom > height - 1)
    return is_cut.tolist()


def _bands(
    slices: list[tuple[slice, slice]], pixels: NDArray[np.int64], is_trained: NDArray[np.bool_], shape: tuple[int, ...]
) -> list[tuple[slice, slice]]:
    """Windows of the texts with a band, or the whole image where that is less work."""
    height, width = shape
    if pixels[is_trained].sum() > height * width // 2:
        return [(slice(height), slice(width))]
    has_band = is_trained & (pixels > 0)
    return [window for window, drawn in zip(slices, has_band.tolist(), strict=True) if drawn]


def _outlines_of(texts: list[Points]) -> Outlines:
    """Outlines of what the polygons cover, which for most of them are their own."""
    outlines = Outlines([[points] for points in texts])
    doubtful = (~outlines.are_convex_quads).nonzero()[0].tolist()
    if not doubtful:
        return outlines
    is_valid = dict(zip(doubtful, are_valid([texts[index] for index in doubtful]), strict=True))
    if all(is_valid.values()):
        return outlines
    nothing = [np.zeros((3, 2))]  # keeps the place of a polygon without area
    return Outlines([
        [points] if is_valid.get(index, True) else simple_rings(points) or nothing for index, points in enumerate(texts)
    ])


def _valid_pixels(valid_polygon: Points, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels inside the valid polygon and on its outline."""
    rings = [ring for part in repair(valid_polygon) for ring in offset(part, VALID_TOLERANCE)]
    if not rings:
        return np.zeros(shape, bool)
    image = Windows(np.zeros((1, 2), np.int64), np.array([shape[::-1]]))
    return Coverage(Outlines([rings]), image)[0]


def _checked_texts(polygons: Sequence[ArrayLike], ignored: ArrayLike) -> tuple[list[Points], NDArray[np.bool_]]:
    flags = np.asarray(ignored, dtype=bool)
    if flags.shape != (len(polygons),):
        raise ValueError(f'ignored needs one flag a polygon, got shape {flags.shape} for {len(polygons)} polygons')
    return [_checked_points(f'polygon {index}', polygon) for index, polygon in enumerate(polygons)], flags


def _checked_points(name: str, polygon: ArrayLike) -> Points:
    try:
        return as_points(polygon)
    except ValueError as error:
        raise ValueError(f'{name}: {error}') from error


def _check_options(shape: tuple[int, int], shrink_ratio: float, threshold_range: tuple[float, float]) -> None:
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(f'shape must be a height and a width of at least 1, got {shape}')
    if not 0 < shrink_ratio < 1:
        raise ValueError(f'shrink_ratio must be between 0 and 1, got {shrink_ratio}')
    lower, upper = threshold_range
    if not 0 <= lower < upper <= 1:
        raise ValueError(f'threshold_range must be two rising numbers from 0 to 1, got {threshold_range}')
