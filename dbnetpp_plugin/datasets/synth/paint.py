"""Colours, and the layers of ink that letters are made of."""

from dataclasses import dataclass

import cv2
import numpy as np

from .picture import Colour

LUMINANCE = np.array([0.114, 0.587, 0.299])  # of B, G, R (ITU-R BT.601)
Layer = tuple[Colour | np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Style:
    """How the letters of a block look.

    Attributes:
        colour: Of the letters: one, or a picture (h, w, 3) of the size of what they cover.
        opacity: Of the letters, up to 1.
        edge_colour: Of the edge around letters; None for no edge.
        hollow: Whether the edge is all that is seen.
        shadow: Where a dark shadow falls, in pixels to the right and down; (0, 0) for none.
        blur: Standard deviation in pixels by which the letters are out of focus.
    """

    colour: Colour | np.ndarray
    opacity: float = 1.0
    edge_colour: Colour | None = None
    hollow: bool = False
    shadow: tuple[int, int] = (0, 0)
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


def ink_layers(ink: np.ndarray, edged: np.ndarray, style: Style) -> list[Layer]:
    """Turn the ink of a block into what is laid over the picture, from the lowest layer up.

    Args:
        ink: How much of each pixel the letters cover, (h, w) uint8.
        edged: The same for the letters with their edge.
        style: How they look.

    Returns:
        Colours, and how much each covers, (h, w), 0 to 1.
    """
    layers: list[Layer] = []
    top = edged if style.edge_colour is not None else ink
    if any(style.shadow):
        reach = max(map(abs, style.shadow))
        layers.append((np.zeros(3), 0.6 * _soft(_moved(top, *style.shadow), 0.5 * reach + style.blur)))
    if style.edge_colour is not None:
        edge = cv2.subtract(edged, ink) if style.hollow else edged
        layers.append((style.edge_colour, style.opacity * _soft(edge, style.blur)))
    if not style.hollow:
        layers.append((style.colour, style.opacity * _soft(ink, style.blur)))
    return layers


def _moved(cover: np.ndarray, dx: int, dy: int) -> np.ndarray:
    matrix = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
    return cv2.warpAffine(cover, matrix, cover.shape[::-1], flags=cv2.INTER_NEAREST)


def _soft(cover: np.ndarray, sigma: float) -> np.ndarray:
    soft = cv2.GaussianBlur(cover, (0, 0), sigma) if sigma else cover
    return soft * np.float32(1 / 255)
