"""Slow, direct definitions of what polygons cover and of the label maps, independent of the package."""

from typing import NamedTuple

import numpy as np
import shapely

# Pixels whose distance is this near to a limit may fall on either side of it.
DOUBT = 1e-3


def winding(points, x, y):
    """How often the outline runs around a point: edges that cross the ray to its right, up ones against down ones."""
    turns = 0
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if (y0 <= y) != (y1 <= y) and x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x:
            turns += 1 if y1 > y0 else -1
    return turns


def region(points):
    """What a polygon covers: the faces between its edges that the outline runs around."""
    faces = shapely.polygonize([shapely.node(shapely.LinearRing(points))])
    inside = [face for face in faces.geoms if winding(points, *shapely.point_on_surface(face).coords[0])]
    return shapely.union_all(inside)


def short_side(points):
    """Shorter side of the least rectangle, one side of which lies on a side of the convex hull."""
    hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(points)))
    sides = np.diff(hull, axis=0) if len(hull) > 3 else np.ones((1, 2))
    sizes = [np.ptp(hull @ np.array([[x, -y], [y, x]]) / np.hypot(x, y), axis=0) for x, y in sides]
    return min(min(sizes, key=np.prod))


class Text(NamedTuple):
    """One text on the pixels of an image."""

    inside: np.ndarray  # (H, W) whether a pixel is covered
    distance: np.ndarray  # (H, W) to the outline
    reach: float  # D
    is_trained: bool


def measure(points, ignored, shape, ratio, min_size):
    """A text's region and distances, or None if it covers nothing."""
    covered = region(np.asarray(points, dtype=np.float64).reshape(-1, 2))
    if covered.is_empty:
        return None
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    reach = covered.area * (1 - ratio**2) / covered.length
    inside = shapely.contains_xy(covered, x, y)
    distance = shapely.distance(covered.boundary, shapely.points(x, y))
    least_x, least_y, most_x, most_y = covered.bounds
    is_whole = least_x >= 0 and least_y >= 0 and most_x <= shape[1] - 1 and most_y <= shape[0] - 1
    has_kernel = (inside & (distance >= reach)).any() or not is_whole
    is_large = covered.area >= 1 and short_side(np.reshape(points, (-1, 2))) >= min_size
    return Text(inside, distance, reach, bool(not ignored and is_large and has_kernel))


def is_in_doubt(points, shape, ratio, min_size):
    """Whether rounding may decide if a text is trained on."""
    text = measure(points, False, shape, ratio, 0)
    if text is None:
        return False
    side, covered = short_side(np.reshape(points, (-1, 2))), region(np.reshape(points, (-1, 2)))
    kernels = [(text.inside & (text.distance >= text.reach + shift)).any() for shift in (-DOUBT, DOUBT)]
    return abs(side - min_size) < DOUBT or abs(covered.area - 1) < DOUBT or kernels[0] != kernels[1]


class Expected(NamedTuple):
    """The four maps, and where rounding may decide about them."""

    shrink_map: np.ndarray
    shrink_mask: np.ndarray
    threshold_map: np.ndarray
    threshold_mask: np.ndarray
    on_kernel_edge: np.ndarray
    on_text_edge: np.ndarray
    on_band_edge: np.ndarray


def expected_maps(polygons, ignored, shape, ratio=0.4, threshold_range=(0.3, 0.7), min_size=8):
    """The label maps by their definition, in double precision."""
    shrink_map, shrink_mask, threshold_mask = np.zeros(shape, int), np.ones(shape, int), np.zeros(shape, int)
    height = np.zeros(shape)
    doubts = [np.zeros(shape, bool) for _ in range(3)]
    for points, flag in zip(polygons, ignored, strict=True):
        text = measure(points, flag, shape, ratio, min_size)
        if text is None:
            continue
        doubts[1] |= text.distance < DOUBT
        if not text.is_trained:
            shrink_mask[text.inside] = 0
            continue
        doubts[0] |= text.inside & (np.abs(text.distance - text.reach) < DOUBT)
        doubts[2] |= ~text.inside & (np.abs(text.distance - text.reach) < DOUBT)
        shrink_map[text.inside & (text.distance >= text.reach)] = 1
        threshold_mask[text.inside | (text.distance < text.reach)] = 1
        height = np.maximum(height, 1 - text.distance / text.reach)
    lower, upper = threshold_range
    return Expected(shrink_map, shrink_mask, lower + (upper - lower) * height, threshold_mask, *doubts)


def assert_maps(maps, expected):
    """Check label maps against the expected ones, outside of doubt."""
    for name in ('shrink_map', 'shrink_mask', 'threshold_mask'):
        doubt = {'shrink_map': expected.on_kernel_edge, 'shrink_mask': expected.on_text_edge}
        certain = ~doubt.get(name, expected.on_band_edge)
        got = getattr(maps, name)
        assert got.dtype == np.uint8
        np.testing.assert_array_equal(got[certain], getattr(expected, name)[certain], err_msg=name)
    assert maps.threshold_map.dtype == np.float16
    np.testing.assert_allclose(
        maps.threshold_map.astype(np.float64), expected.threshold_map, rtol=0, atol=1 / 255, err_msg='threshold_map'
    )
