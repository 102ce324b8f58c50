"""Things in a picture that are not text, and some that look like it."""

import cv2
import numpy as np

from .options import PLAIN, PageOptions
from .paint import random_colour
from .picture import Picture

Size = tuple[int, int]  # width, height


def add_clutter(rng: np.random.Generator, picture: Picture, options: PageOptions = PLAIN) -> None:
    """Lay empty boards, discs, bars and stripes, and icons, over ``picture``."""
    for _ in range(rng.choice(5, p=(0.4, 0.25, 0.15, 0.1, 0.1))):
        shape = random_shape(rng, picture.size)
        x, y, w, h = cv2.boundingRect(shape)
        cover = shape[y:y + h, x:x + w] * np.float32(rng.uniform(0.6, 1.0) / 255)
        if cover.size:
            picture.lay_over(random_colour(rng), cover, (x, y, x + w, y + h))
    for _ in range(rng.poisson(options.icons)):
        add_icon(rng, picture)


def add_icon(rng: np.random.Generator, picture: Picture) -> None:
    """Lay an icon over ``picture`` somewhere: a shape and, mostly, a smaller one of another colour in it."""
    width, height = picture.size
    side = int(min(np.exp(rng.uniform(np.log(12), np.log(0.45 * min(width, height)))), min(width, height) - 1))
    x, y = rng.integers(width - side + 1), rng.integers(height - side + 1)
    box = (int(x), int(y), int(x) + side, int(y) + side)
    for scale in (1.0, rng.uniform(0.3, 0.8))[:1 + int(rng.random() < 0.7)]:
        cover = random_icon(rng, side, scale).astype(np.float32) / 255
        picture.lay_over(random_colour(rng), rng.uniform(0.7, 1.0) * cover, box)


def random_icon(rng: np.random.Generator, side: int, scale: float) -> np.ndarray:
    """Draw a shape or its outline in a square, of which it fills ``scale``: 255 on 0, (side, side) uint8."""
    canvas = np.zeros((side, side), np.uint8)
    middle, reach = (side - 1) / 2, scale * (side - 1) / 2
    outline = random_outline(rng) * reach + middle
    thickness = max(round(rng.uniform(0.04, 0.2) * side * scale), 1)
    if rng.random() < 0.7:
        return cv2.fillPoly(canvas, [outline.round().astype(np.int32)], 255, cv2.LINE_AA)
    return cv2.polylines(canvas, [outline.round().astype(np.int32)], True, 255, thickness, cv2.LINE_AA)


def random_outline(rng: np.random.Generator) -> np.ndarray:
    """Draw an outline (K, 2) that reaches from -1 to 1: of a regular polygon, disc, star, blob or arrow."""
    kind = rng.choice(4, p=(0.35, 0.25, 0.2, 0.2))
    turn = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else -np.pi / 2
    if kind == 3:
        wide, neck = rng.uniform(0.15, 0.4), rng.uniform(-0.3, 0.3)
        arrow = np.array([[-1, -wide], [neck, -wide], [neck, -1], [1, 0], [neck, 1], [neck, wide], [-1, wide]]) * 0.8
        return arrow @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = int(rng.choice([3, 4, 5, 6, 8, 24]))
    radii: np.ndarray = np.ones(corners)
    if kind == 1:
        radii = np.tile([1.0, rng.uniform(0.3, 0.8)], corners)
    elif kind == 2:
        radii = rng.uniform(0.4, 1.0, corners)
    angles = turn + np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def random_shape(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a turned rectangle, an ellipse, a line or a row of bars, 255 on 0: (H, W) uint8."""
    width, height = size
    canvas = np.zeros((height, width), np.uint8)
    centre = (int(rng.integers(width)), int(rng.integers(height)))
    axes = (int(rng.integers(5, width // 4 + 6)), int(rng.integers(5, height // 4 + 6)))
    angle = float(rng.normal(0, 20))
    thickness = -1 if rng.random() < 0.6 else int(rng.integers(1, 8))
    kind = rng.integers(4)
    if kind == 0:
        box = cv2.boxPoints((centre, (2 * axes[0], 2 * axes[1]), angle)).round().astype(np.int32)
        if thickness < 0:
            return cv2.fillPoly(canvas, [box], 255, cv2.LINE_AA)
        return cv2.polylines(canvas, [box], True, 255, thickness, cv2.LINE_AA)
    if kind == 1:
        return cv2.ellipse(canvas, centre, axes, angle, 0, 360, 255, thickness, cv2.LINE_AA)
    end = (int(rng.integers(width)), int(rng.integers(height)))
    if kind == 2:
        return cv2.line(canvas, centre, end, 255, int(rng.integers(1, 12)), cv2.LINE_AA)
    pitch = int(rng.integers(4, 20))
    for x in range(centre[0], min(centre[0] + axes[0], width), pitch):
        top, bottom = centre[1] - axes[1] // 2, centre[1] + axes[1] // 2
        cv2.line(canvas, (x, top), (x, bottom), 255, int(rng.integers(1, pitch)), cv2.LINE_AA)
    return canvas
