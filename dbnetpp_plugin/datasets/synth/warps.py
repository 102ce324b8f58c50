"""From the canvas a block of words is drawn on to its place on the page.

Both warps are exact in both directions: the same formula moves the ink and the outlines of the words, so outlines are
as tight on the page as on the canvas.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .options import PLAIN, PageOptions

Box = tuple[float, float, float, float]  # left, top, right, bottom
PageBox = tuple[int, int, int, int]

POINTS_AN_EDGE = 6  # of an arc's outline: 12 points a word


@dataclass(frozen=True)
class Perspective:
    """A flat surface seen by a camera.

    Attributes:
        matrix: Homography from canvas to page pixels, (3, 3).
    """

    matrix: np.ndarray

    def to_page(self, points: np.ndarray) -> np.ndarray:
        """Map canvas points (K, 2) to page points (K, 2)."""
        return cv2.perspectiveTransform(np.asarray(points, np.float64)[None], self.matrix)[0]

    def outline(self, box: Box) -> np.ndarray:
        """Outline on the page of a canvas rectangle: (4, 2), clockwise from its top left corner."""
        return self.to_page(corners(box))

    def moved(self, dx: float, dy: float) -> 'Perspective':
        """The same surface elsewhere on the page."""
        return replace(self, matrix=translation(dx, dy) @ self.matrix)

    def render(self, canvas: np.ndarray, box: PageBox) -> np.ndarray:
        """Draw a canvas (H, W) into a rectangle of the page."""
        x0, y0, x1, y1 = box
        return cv2.warpPerspective(canvas, translation(-x0, -y0) @ self.matrix, (x1 - x0, y1 - y0))


@dataclass(frozen=True)
class Arc:
    """A line of text bent along a circle.

    A canvas point at (u, v) from the middle lies at the angle u / radius from the top of the circle (from the bottom if
    ``bend`` is -1) and at the distance radius - bend v from its centre; all is then turned by ``lean``.

    Attributes:
        radius: Radius that the canvas' horizontal middle line gets, in pixels.
        bend: 1 for a rainbow, -1 for a smile.
        lean: Angle the whole is turned by, in radians, clockwise as one sees it.
        middle: The canvas' middle (x, y).
        place: Where that comes to lie on the page (x, y).
    """

    radius: float
    bend: int
    lean: float
    middle: tuple[float, float]
    place: tuple[float, float] = (0.0, 0.0)

    def to_page(self, points: np.ndarray) -> np.ndarray:
        """Map canvas points (K, 2) to page points (K, 2)."""
        u, v = (np.asarray(points, np.float64) - self.middle).T
        distance, angle = self.radius - self.bend * v, u / self.radius
        x, y = distance * np.sin(angle), self.bend * (self.radius - distance * np.cos(angle))
        return np.stack([x, y], axis=1) @ rotation(self.lean).T + self.place

    def outline(self, box: Box) -> np.ndarray:
        """Outline on the page of a canvas rectangle: along the top from the left, back along the bottom."""
        left, top, right, bottom = box
        x = np.linspace(left, right, POINTS_AN_EDGE)
        edges = [np.stack([x, np.full_like(x, top)], 1), np.stack([x[::-1], np.full_like(x, bottom)], 1)]
        return self.to_page(np.concatenate(edges))

    def moved(self, dx: float, dy: float) -> 'Arc':
        """The same line elsewhere on the page."""
        return replace(self, place=(self.place[0] + dx, self.place[1] + dy))

    def render(self, canvas: np.ndarray, box: PageBox) -> np.ndarray:
        """Draw a canvas (H, W) into a rectangle of the page."""
        x0, y0, x1, y1 = box
        x = np.arange(x0, x1, dtype=np.float32) - np.float32(self.place[0])
        y = np.arange(y0, y1, dtype=np.float32)[:, None] - np.float32(self.place[1])
        cos, sin = np.float32(math.cos(self.lean)), np.float32(math.sin(self.lean))
        across, down = cos * x + sin * y, np.float32(self.radius) - np.float32(self.bend) * (cos * y - sin * x)
        distance = np.sqrt(across * across + down * down)
        u = np.float32(self.radius) * np.arctan2(across, down) + np.float32(self.middle[0])
        v = np.float32(self.bend) * (np.float32(self.radius) - distance) + np.float32(self.middle[1])
        return cv2.remap(canvas, u, v, cv2.INTER_LINEAR)


Warp = Perspective | Arc


def random_perspective(
    rng: np.random.Generator, size: tuple[int, int], options: PageOptions = PLAIN,
) -> Perspective:
    """Draw a flat view of a canvas of that width and height: stretched, leaning, seen a little from the side."""
    width, height = size
    flat = np.diag([rng.uniform(*options.stretch), 1.0]) @ np.array([[1.0, rng.normal(0, 0.08)], [0.0, 1.0]])
    start = corners((-0.5, -0.5, width - 0.5, height - 0.5))
    target = start @ flat.T @ rotation(random_lean(rng, options)).T
    target += rng.uniform(-0.12, 0.12, (4, 2)) * height
    return Perspective(cv2.getPerspectiveTransform(start.astype(np.float32), target.astype(np.float32)))


def random_arc(rng: np.random.Generator, size: tuple[int, int], options: PageOptions = PLAIN) -> Arc:
    """Draw a bend, of 40 to 150 degrees from end to end, for a canvas of that width and height."""
    width, height = size
    # With less than its own height as inner radius, the letters' feet would run into each other.
    radius = max(width / math.radians(rng.uniform(40, 150)), 1.5 * height)
    middle = ((width - 1) / 2, (height - 1) / 2)
    return Arc(radius, int(rng.choice([1, 1, -1])), random_lean(rng, options), middle)


def random_lean(rng: np.random.Generator, options: PageOptions = PLAIN) -> float:
    """Draw an angle in radians: mostly small, at times up to the largest either way."""
    largest = math.radians(options.max_lean)
    if rng.random() < options.turned:
        return rng.uniform(-largest, largest)
    return float(np.clip(rng.normal(0, math.radians(7)), -largest, largest))


def corners(box: Box) -> np.ndarray:
    """Corners of a rectangle, (4, 2), clockwise from the top left."""
    left, top, right, bottom = box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def rotation(angle: float) -> np.ndarray:
    """Matrix that turns column vectors by ``angle`` radians, clockwise as one sees it, as y points down."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def translation(dx: float, dy: float) -> np.ndarray:
    """Homography that moves by (dx, dy)."""
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]])
