"""Colours, and laying ink over a picture. Pictures are (H, W, 3) uint8 BGR; no function changes the one it is given."""

from dataclasses import dataclass

import cv2
import numpy as np

from .warps import PageBox

LUMINANCE = np.array([0.114, 0.587, 0.299])  # of B, G, R (ITU-R BT.601)
Colour = np.ndarray  # (3,) float, B G R from 0 to 255


@dataclass(frozen=True)
class Style:
    """How the letters of a block look.

    Attributes:
        colour: Of the letters.
        opacity: Of the letters, up to 1.
        edge_colour: Of the edge around letters; None for no edge.
        shadow: How far a dark shadow falls to the lower right, in pixels; 0 for none.
        blur: Standard deviation in pixels by which the letters are out of focus.
    """

    colour: Colour
    opacity: float = 1.0
    edge_colour: Colour | None = None
    shadow: int = 0
    blur: float = 0.0


def luminance(colour: Colour) -> float:
    """Brightness of a colour as one sees it, from 0 to 255."""
    return float(np.dot(colour, LUMINANCE))


def random_colour(rng: np.random.Generator) -> Colour:
    """Draw a colour: grey one time in three, else of any hue."""
    saturation = 0 if rng.random() < 1 / 3 else rng.integers(60, 256)
    hsv = np.array([[[rng.integers(180), saturation, rng.integers(10, 256)]]], np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0].astype(np.float64)


def contrasting_colour(rng: np.random.Generator, ground: float, contrast: float) -> Colour:
    """Draw a colour at least so much brighter or darker than the ground; black or white where chance finds none.

    Args:
        rng: Source of chance.
        ground: Luminance of what is behind, from 0 to 255.
        contrast: Smallest difference in luminance.
    """
    for _ in range(20):
        colour = random_colour(rng)
        if abs(luminance(colour) - ground) >= contrast:
            return colour
    return np.full(3, 0.0 if ground > 127 else 255.0)


def lay_over(image: np.ndarray, colour: Colour | np.ndarray, cover: np.ndarray, box: PageBox) -> np.ndarray:
    """Lay a colour over a rectangle of an image.

    Args:
        image: The picture.
        colour: One colour, or a picture (h, w, 3) of the rectangle's size.
        cover: How much the colour covers, (h, w), 0 to 1.
        box: The rectangle, inside the picture.
    """
    x0, y0, x1, y1 = box
    part = image[y0:y1, x0:x1].astype(np.float32)
    painted = part + cover[..., None].astype(np.float32) * (np.asarray(colour, np.float32) - part)
    result = image.copy()
    result[y0:y1, x0:x1] = np.rint(painted)
    return result


def ink_layers(ink: np.ndarray, edged: np.ndarray, style: Style) -> list[tuple[Colour, np.ndarray]]:
    """Turn the ink of a block into what is laid over the picture, from the lowest layer up.

    Args:
        ink: How much of each pixel the letters cover, (h, w) uint8.
        edged: The same for the letters with their edge.
        style: How they look.

    Returns:
        Colours, and how much each covers, (h, w), 0 to 1.
    """
    layers = []
    top = edged if style.edge_colour is not None else ink
    if style.shadow:
        moved = np.roll(top, (style.shadow, style.shadow), (0, 1))
        layers.append((np.zeros(3), 0.6 * _soft(moved, 0.5 * style.shadow + style.blur)))
    if style.edge_colour is not None:
        layers.append((style.edge_colour, style.opacity * _soft(edged, style.blur)))
    layers.append((style.colour, style.opacity * _soft(ink, style.blur)))
    return layers


def _soft(cover: np.ndarray, sigma: float) -> np.ndarray:
    scaled = cover.astype(np.float32) / 255
    return cv2.GaussianBlur(scaled, (0, 0), sigma) if sigma else scaled
