"""Measures, repair and clipping of polygons.

A polygon is a (K, 2) array of K >= 3 points, x before y, in pixels; the last point joins the first. The y axis points
down, so an outline drawn clockwise on the screen has a positive :func:`signed_area`. No function changes its input.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


def as_points(polygon: ArrayLike) -> Points:
    """Copy a polygon into a (K, 2) float64 array.

    Args:
        polygon: K points, as a (K, 2) array or flat ``x1, y1, x2, y2, ...``.

    Raises:
        ValueError: If there are fewer than 3 points, an x without a y, or a coordinate that is not a finite number.
    """
    points = np.array(polygon, dtype=np.float64)
    if points.ndim == 1 and points.size % 2 == 0:
        points = points.reshape(-1, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f'a polygon must be x1, y1, x2, y2, ... or have shape (K, 2), got shape {points.shape}')
    if len(points) < 3:
        raise ValueError(f'a polygon needs at least 3 points, got {len(points)}')
    if not np.isfinite(points).all():
        raise ValueError(f'a polygon needs finite coordinates, got {points.tolist()}')
    return points


def signed_area(points: NDArray) -> float:
    """Area by the shoelace formula, positive where the outline runs clockwise on the screen."""
    x, y = (points - points[0]).T  # near the origin nothing is lost to cancellation, and the closing edge adds nothing
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def area(points: NDArray) -> float:
    """Area of a simple polygon."""
    return abs(signed_area(points))


def perimeter(points: NDArray) -> float:
    """Length of the closed outline."""
    dx, dy = (np.roll(points, -1, axis=0) - points).T
    return float(np.hypot(dx, dy).sum())


def short_side(points: NDArray) -> float:
    """Shorter side of the rectangle of least area, at any angle, that holds the polygon."""
    return float(min(cv2.minAreaRect((points - points[0]).astype(np.float32))[1]))


def strip_height(points: NDArray) -> float:
    """Height of a strip, straight or bent, of which only the outline is known, in pixels.

    A strip of length a and height b <= a has half the perimeter a + b = s and the area a b = A, so b is the smaller
    root of b^2 - s b + A = 0. An outline that encloses more than a square of its perimeter gives the side of that.
    """
    half = perimeter(points) / 2
    return (half - math.sqrt(max(half**2 - 4 * area(points), 0.0))) / 2


def is_valid(points: NDArray) -> bool:
    """Whether the outline encloses an area and neither crosses nor touches itself."""
    return bool(shapely.is_valid(shapely.polygons(points)))


def are_valid(polygons: Sequence[NDArray]) -> list[bool]:
    """:func:`is_valid` of many polygons at once, which is faster."""
    owner = np.arange(len(polygons)).repeat([len(points) for points in polygons])
    rings = shapely.linearrings(np.concatenate([*polygons, np.empty((0, 2))]), indices=owner)
    return shapely.is_valid(shapely.polygons(rings)).tolist()


def simple_rings(points: NDArray) -> list[Points]:
    """Outlines and holes of what a polygon covers, whatever its outline does.

    A point is covered if the outline winds around it, in whichever direction and however often. So both halves of a
    bow tie are, and so is where the ends of a curved text run over each other; the hole in an outline that closes to
    a ring is not. Consecutive equal points are dropped, and so are parts without an area.

    Returns:
        Rings that neither cross nor touch themselves along an edge. The signed area of an outline is positive and that
        of a hole negative, so that their sum is the area covered. Empty if nothing is.
    """
    return [ring for part in _valid_parts(points) for ring in _rings(part)]


def repair(points: NDArray) -> list[Points]:
    """Simple polygons that cover what a polygon covers, largest first.

    A valid polygon comes back alone, point by point, without consecutive equal points. Any other becomes the outlines
    of :func:`simple_rings`: its holes are filled. Each has an :func:`area` above 0; there are none where nothing has.
    """
    distinct = drop_repeated_points(points)
    if len(distinct) >= 3 and is_valid(distinct):
        return _by_size([distinct])
    return _by_size([_rings(part)[0] for part in _valid_parts(distinct)])


def clip_to_rectangle(points: NDArray, rectangle: tuple[float, float, float, float]) -> list[Points]:
    """Parts of a polygon inside the rectangle ``(x0, y0, x1, y1)``, largest first; none if they do not overlap.

    The polygon is repaired first. Parts that only touch the rectangle have no area and are left out.

    Raises:
        ValueError: If the rectangle has no area.
    """
    x0, y0, x1, y1 = rectangle
    if not (x0 < x1 and y0 < y1):
        raise ValueError(f'a rectangle needs x0 < x1 and y0 < y1, got {rectangle}')
    repaired = repair(points)
    corners = np.concatenate([*repaired, np.empty((0, 2))])
    if (corners >= (x0, y0)).all() and (corners <= (x1, y1)).all():
        return repaired
    window = shapely.box(x0, y0, x1, y1)
    clipped = [shapely.intersection(shapely.polygons(part), window) for part in repaired]
    return _by_size([_rings(part)[0] for geometry in clipped for part in _polygons_in(geometry)])


def drop_repeated_points(points: NDArray) -> Points:
    """The outline without points equal to the one before them."""
    return np.asarray(points, dtype=np.float64)[(points != np.roll(points, 1, axis=0)).any(axis=1)]


def _valid_parts(points: NDArray) -> list[shapely.Polygon]:
    """What the outline winds around: the union of such faces among those that its edges cut the plane into.

    ``shapely.make_valid(method='structure')`` means the same, but in GEOS 3.13 it loses faces of some outlines that run
    along an edge three times, and it does not join faces that are run around in opposite directions.
    """
    distinct = drop_repeated_points(points)
    if len(distinct) < 3:
        return []
    edges = shapely.union_all([shapely.linearrings(distinct)])  # cut where they cross
    faces = shapely.get_parts(shapely.polygonize([edges]))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    return _polygons_in(shapely.union_all(faces[_winding_numbers(distinct, inner) != 0]))


def _winding_numbers(points: NDArray, places: NDArray) -> NDArray[np.int64]:
    """How often an outline runs around each place, counted where it crosses the ray to the right of the place."""
    begin, vector = points[:, None], (np.roll(points, -1, axis=0) - points)[:, None]
    above = begin[..., 1] <= places[:, 1]
    crosses = above.astype(np.int64) - np.roll(above, -1, axis=0)  # 1 downwards, -1 upwards, 0 if it does not
    (x, y), (dx, dy) = np.moveaxis(places - begin, -1, 0), np.moveaxis(vector, -1, 0)
    is_right = (dx * y - dy * x) * crosses > 0
    return (crosses * is_right).sum(axis=0)


def _polygons_in(geometry: shapely.Geometry) -> list[shapely.Polygon]:
    parts = shapely.get_parts(geometry)
    return [part for part in parts if isinstance(part, shapely.Polygon) and part.area > 0]


def _rings(polygon: shapely.Polygon) -> list[Points]:
    """Outline and holes without the closing point, outline first."""
    outline, *holes = (shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors))
    return [_oriented(outline, 1), *(_oriented(hole, -1) for hole in holes)]


def _oriented(points: Points, sign: int) -> Points:
    return points if signed_area(points) * sign > 0 else points[::-1].copy()


def _by_size(polygons: list[Points]) -> list[Points]:
    # GEOS decides exactly whether an outline is valid. The area of a sliver that is can still be rounded to 0, and with
    # it what is divided by it.
    return sorted((polygon for polygon in polygons if area(polygon) > 0), key=area, reverse=True)
