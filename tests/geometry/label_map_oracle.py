"""Slow, direct definitions of what polygons cover and of the label maps, independent of the package."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely

# Pixels whose distance is this near to a limit may fall on either side of it.
DOUBT = 1e-3


def winds_around(points, x, y):
    """Whether the outline runs around places: edges that cross the ray to the right, up ones against down ones."""
    turns = np.zeros(np.shape(x), int)
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 <= y) != (y1 <= y)
            with np.errstate(over='ignore', invalid='ignore'):  # in rows that the edge does not reach
                at = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            turns += np.where(crosses & (at > x), 1 if y1 > y0 else -1, 0)
    return turns != 0


def region(points):
    """What a polygon covers: the faces between its edges that the outline runs around."""
    faces = shapely.polygonize([shapely.union_all([shapely.LinearRing(points)])])
    places = [shapely.point_on_surface(face).coords[0] for face in faces.geoms]
    is_inside = [bool(winds_around(points, *place)) for place in places]
    return shapely.union_all([face for face, inside in zip(faces.geoms, is_inside, strict=True) if inside])


def distance_to(lines, x, y):
    """Distance from places to the nearest of the segments of some lines."""
    nearest = np.full(np.shape(x), np.inf)
    for line in shapely.get_parts(lines):
        coordinates = shapely.get_coordinates(line)
        for (x0, y0), (x1, y1) in pairwise(coordinates):
            along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
            along = np.clip(along, 0, 1)
            nearest = np.minimum(nearest, np.hypot(x0 + along * (x1 - x0) - x, y0 + along * (y1 - y0) - y))
    return nearest


def short_sides(points):
    """Shorter sides of all the least rectangles, one side of which lies on a side of the convex hull."""
    hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(np.reshape(points, (-1, 2)))))
    sides = np.diff(hull, axis=0) if len(hull) > 3 else np.ones((1, 2))
    turns = [np.array([[x, -y], [y, x]]) / np.hypot(x, y) for x, y in sides.astype(np.float64)]
    sizes = np.array([np.ptp(hull @ turn, axis=0) for turn in turns])
    areas = sizes.prod(axis=1)
    return sizes[areas <= areas.min() * (1 + DOUBT)].min(axis=1)


class Text(NamedTuple):
    """One text on the pixels of an image."""

    inside: np.ndarray  # (H, W) whether a pixel is covered
    distance: np.ndarray  # (H, W) to the outline
    reach: float  # D
    depth: float  # from which on a pixel inside belongs to the kernel
    is_trained: bool


def measure(points, ignored, shape, ratio, min_size):
    """A text's region and distances, or None if it covers nothing."""
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    covered = region(points)
    if covered.is_empty:
        return None
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    reach = covered.area * (1 - ratio**2) / covered.length
    inside = winds_around(points, x, y)
    distance = distance_to(covered.boundary, x, y)
    least_x, least_y, most_x, most_y = covered.bounds
    is_whole = least_x >= 0 and least_y >= 0 and most_x <= shape[1] - 1 and most_y <= shape[0] - 1
    depth = max(reach - 0.5, 0)
    has_kernel = (inside & (distance >= depth)).any() or not is_whole
    is_large = covered.area >= 1 and min(short_sides(points)) >= min_size
    return Text(inside, distance, reach, depth, bool(not ignored and is_large and has_kernel))


def is_in_doubt(points, shape, ratio, min_size):
    """Whether rounding may decide if a text is trained on."""
    text = measure(points, False, shape, ratio, 0)
    if text is None:
        return False
    sides, covered = short_sides(points), region(np.reshape(points, (-1, 2)))
    kernels = [(text.inside & (text.distance >= text.depth + shift)).any() for shift in (-DOUBT, DOUBT)]
    is_size_clear = min(sides) > min_size + DOUBT or max(sides) < min_size - DOUBT
    return not is_size_clear or abs(covered.area - 1) < DOUBT or kernels[0] != kernels[1]


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
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    for points, flag in zip(polygons, ignored, strict=True):
        on_outline = distance_to(shapely.union_all([shapely.LinearRing(np.reshape(points, (-1, 2)))]), x, y) < DOUBT
        for doubt in doubts:
            doubt |= on_outline
        text = measure(points, flag, shape, ratio, min_size)
        if text is None:
            continue
        if not text.is_trained:
            shrink_mask[text.inside] = 0
            continue
        doubts[0] |= text.inside & (np.abs(text.distance - text.depth) < DOUBT)
        doubts[2] |= ~text.inside & (np.abs(text.distance - text.reach) < DOUBT)
        shrink_map[text.inside & (text.distance >= text.depth)] = 1
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
