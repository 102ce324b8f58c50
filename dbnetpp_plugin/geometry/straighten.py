"""From the outline of a text, of any number of points in any order, to the two edges it is read between.

A bent text is a strip with two ends. Where the outline of a strip goes round an end it turns by half a circle within
about the height of the strip, and along the sides it turns slowly; so the ends are where most turning is within that
length. The height follows from area and perimeter. All this holds for the few points of an annotation as it does for
the contour of a detection, and for text that runs round most of a circle.

Letters in shapes: K points of an outline, M points of an edge.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .polygons import area, as_points, drop_repeated_points, perimeter, signed_area, strip_height
from .rectangles import min_area_rectangles

Points = NDArray[np.float64]

# What fills so much of its smallest rectangle is read as that rectangle: bent by less, text needs no straightening.
STRAIGHT_FILL = 0.9
MIN_RATIO = 1.5  # of length to height, below which a shape has no ends to tell from its sides
PLACES = 256  # on an outline, at which an end may be
EDGE_POINTS = 32
# In heights of the strip, along the outline from the middle of an end: where its rounded corners are surely over.
END_LENGTH = 0.65
END_TURN = 0.8 * math.pi  # at an end, in an annotation
# Of the polynomial that stands for an edge: enough for most of a circle, or for a wave, and not for single letters.
DEGREE = 5
KNOT_DEGREE = 4  # where there are few points, which no polynomial should follow to the pixel


class TextEdges(NamedTuple):
    """What a text is read between. Neither mirrored, whatever the direction of the outline was."""

    top: Points
    """(M, 2), from where the text begins to where it ends. M is 2 if the text is straight."""
    bottom: Points
    """(M, 2), in the same direction."""


def text_edges(polygon: ArrayLike, ordered: bool = False) -> TextEdges | None:
    """Find the edges between which a text is to be cut out.

    Four points that form a convex outline are its corners, the first one the top left. Of another outline, the edges
    are found; a straight one is taken for its smallest rectangle.

    Args:
        polygon: K points, (K, 2) or flat, in pixels.
        ordered: Whether the first point is the top left corner of the text as it is read, as in annotations.
            Otherwise a rectangle begins at its top left corner, whichever of its sides is longer, and a bent text on
            the left, or at the top if from end to end it is steeper than 45 degrees.

    Returns:
        None if the polygon has no extent.

    Raises:
        ValueError: If it is not a polygon, as :func:`.polygons.as_points` says.
    """
    points = drop_repeated_points(as_points(polygon))
    if len(points) < 3 or not area(points) > 0:
        return None
    if signed_area(points) < 0:
        points = np.roll(points[::-1], 1, axis=0)  # clockwise, from the same point
    is_quad = len(points) == 4
    if is_quad and _is_convex(points):
        return _between_corners(points)
    corners, sides = min_area_rectangles([points.astype(np.float32)], [0.0])
    if not is_quad and area(points) < STRAIGHT_FILL * sides[0].prod():
        edges = _bent_edges(points, ordered)
        if edges is not None:
            return edges
    first = int(np.argmin(np.hypot(*(corners[0] - points[0]).T))) if ordered else 0
    return _between_corners(np.roll(corners[0], -first, axis=0))


def _is_convex(points: Points) -> bool:
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    return bool((before[:, 0] * after[:, 1] > before[:, 1] * after[:, 0]).all())


def _between_corners(corners: Points) -> TextEdges:
    return TextEdges(corners[:2], corners[:1:-1])


class _Outline:
    """A closed clockwise outline as a function of the length along it from its first point."""

    def __init__(self, points: Points) -> None:
        closed = np.concatenate([points, points[:1]])
        steps = np.diff(closed, axis=0)
        self.lengths = np.concatenate([[0.0], np.hypot(*steps.T).cumsum()])
        self.length = self.lengths[-1]
        self._closed = closed
        directions = np.arctan2(steps[:, 1], steps[:, 0])
        turns = directions - np.roll(directions, 1)
        self.turns = (turns + math.pi) % (2 * math.pi) - math.pi  # (K,), at each point

    def at(self, places: NDArray) -> Points:
        places = places % self.length
        return np.stack([np.interp(places, self.lengths, axis) for axis in self._closed.T], axis=-1)

    def turning(self, places: NDArray, reach: float) -> NDArray[np.float64]:
        """How much the outline turns around each place; what is farther than ``reach`` along it does not count."""
        apart = np.abs(places[:, None] - self.lengths[:-1])
        apart = np.minimum(apart, self.length - apart) / reach
        return np.maximum(1 - apart**2, 0) @ self.turns


def _bent_edges(points: Points, ordered: bool) -> TextEdges | None:
    height = strip_height(points)
    if perimeter(points) / 2 - height < MIN_RATIO * height:
        return None
    outline = _Outline(points)
    if ordered and _is_in_halves(outline):
        half = len(points) // 2
        return TextEdges(_smooth(_curve(points[:half])), _smooth(_curve(points[:half - 1:-1])))
    ends = [_squared(outline, end, height) for end in _ends(outline, height)]
    start, stop = _in_reading_order(outline, ends, height, ordered)
    sides = _sides(outline, start, stop, END_LENGTH * height)
    return TextEdges(*map(_smooth, sides))


def _is_in_halves(outline: _Outline) -> bool:
    """Whether half of the points run along the top and the others back along the bottom, as most annotations do.

    Then the outline turns by about half a circle at the last and the first point, and at the two in the middle.
    """
    half, is_odd = divmod(len(outline.turns), 2)
    turns = outline.turns[[-1, half]] + outline.turns[[0, half - 1]]
    return not is_odd and bool((turns > END_TURN).all())


def _curve(knots: Points) -> Points:
    """Points on a smooth line near the knots. Straight lines between them would be off, and meet the ends askew."""
    lengths = np.concatenate([[0.0], np.hypot(*np.diff(knots, axis=0).T).cumsum()])
    basis = np.polynomial.legendre.legvander(2 * lengths / lengths[-1] - 1, min(KNOT_DEGREE, len(knots) - 1))
    steps = np.polynomial.legendre.legvander(np.linspace(-1, 1, EDGE_POINTS), basis.shape[1] - 1)
    return steps @ np.linalg.lstsq(basis, knots, rcond=None)[0]


def _ends(outline: _Outline, height: float) -> tuple[float, float]:
    """Middles of the two ends, as lengths along the outline."""
    places = np.arange(PLACES) * (outline.length / PLACES)
    turning = outline.turning(places, height)
    first = int(np.argmax(turning))
    far = (first + np.arange(PLACES // 4, PLACES - PLACES // 4)) % PLACES  # not round the same end
    second = int(far[np.argmax(turning[far])])
    return float(places[first]), float(places[second])


def _squared(outline: _Outline, end: float, height: float) -> float:
    """The middle of an end, moved along the outline until the cut behind it is at right angles to the sides."""
    for _ in range(2):
        offsets = END_LENGTH * height + np.array([0.0, 0.25 * height])
        ahead, behind = outline.at(end + offsets), outline.at(end - offsets)
        inwards = _unit(ahead[1] - ahead[0] + behind[1] - behind[0])
        slip = float((ahead[0] - behind[0]) @ inwards) / 2
        end -= float(np.clip(slip, -height / 4, height / 4))
    return end % outline.length


def _in_reading_order(outline: _Outline, ends: list[float], height: float, ordered: bool) -> list[float]:
    if ordered:  # the first point, at length 0, lies half a height behind the middle of the end where the text begins
        return sorted(ends, key=lambda end: -math.cos(2 * math.pi * (end + height / 2) / outline.length))
    (x0, y0), (x1, y1) = outline.at(np.array(ends))
    forward = x0 <= x1 if abs(x1 - x0) >= abs(y1 - y0) else y0 <= y1
    return ends if forward else ends[::-1]


def _sides(outline: _Outline, start: float, stop: float, margin: float) -> tuple[Points, Points]:
    """Both sides from end to end, each as far as the outline reaches."""
    ahead, back = (stop - start) % outline.length, (start - stop) % outline.length
    steps = np.linspace(0, 1, EDGE_POINTS)
    top = outline.at(start + margin + steps * (ahead - 2 * margin))
    bottom = outline.at(start - margin - steps * (back - 2 * margin))
    # An end is where its middle is: of one that is cut straight, a corner sticks out beyond that if the sides bend.
    first, last = (outline.at(np.array(end)) - (top[k] + bottom[k]) / 2 for end, k in ((start, 0), (stop, -1)))
    top, bottom = (np.concatenate([side[:1] + first, side, side[-1:] + last]) for side in (top, bottom))
    return top, bottom


def _smooth(side: Points) -> Points:
    """The side with equal distances between its points, and without the bumps of single letters."""
    lengths = np.concatenate([[0.0], np.hypot(*np.diff(side, axis=0).T).cumsum()])
    places = np.linspace(0, lengths[-1], EDGE_POINTS)
    return _SMOOTHING @ np.stack([np.interp(places, lengths, axis) for axis in side.T], axis=1)


def _unit(vector: NDArray) -> NDArray[np.float64]:
    return vector / max(float(np.hypot(*vector)), 1e-9)


def _polynomial_fit() -> NDArray[np.float64]:
    """Matrix that replaces equally spaced values by the least squares polynomial through them."""
    basis, _ = np.linalg.qr(np.polynomial.legendre.legvander(np.linspace(-1, 1, EDGE_POINTS), DEGREE))
    return basis @ basis.T


_SMOOTHING = _polynomial_fit()
