"""Boards, and the look of letters on a ground."""

import math

import cv2
import numpy as np

from .grounds import random_surface
from .options import PageOptions
from .paint import Style, contrasting_colour, luminance, random_colour
from .picture import Picture
from .warps import PageBox, Warp


def lay_board(
    rng: np.random.Generator,
    picture: Picture,
    size: tuple[int, int],
    text_size: int,
    warp: Warp,
    box: PageBox,
    options: PageOptions,
) -> None:
    """Lay a board over ``picture``, where a block is to be written.

    Args:
        rng: Source of chance.
        picture: What it is laid on.
        size: Width and height of the block's canvas; the board is as large.
        text_size: Of the block's font in pixels.
        warp: From the canvas to the picture.
        box: Where the block lies in the picture.
        options: How varied boards are.
    """
    framed = rng.random() < options.framed
    board = board_shape(size, round(rng.uniform(0, 0.3) * text_size) if framed else 0)
    opacity = rng.uniform(0.85, 1.0)
    colour = random_colour(rng)
    surface = random_surface(rng, (box[2] - box[0], box[3] - box[1]), colour) if framed else colour
    picture.lay_over(surface, warp.render(board, box) * np.float32(opacity / 255), box)
    if framed and rng.random() < 0.6:
        border = board_border(board, text_size, rng.uniform(0.02, 0.12), rng.uniform(0.0, 0.12))
        edge = contrasting_colour(rng, luminance(colour), 40)
        picture.lay_over(edge, warp.render(border, box) * np.float32(opacity / 255), box)


def board_shape(size: tuple[int, int], radius: int) -> np.ndarray:
    """A rectangle that fills its canvas, with round corners: 255 on 0, (H, W) uint8."""
    width, height = size
    if radius < 1:
        return np.full((height, width), 255, np.uint8)
    board = np.zeros((height, width), np.uint8)
    radius = min(radius, (min(size) - 1) // 2)
    cv2.rectangle(board, (radius, 0), (width - 1 - radius, height - 1), 255, -1)
    cv2.rectangle(board, (0, radius), (width - 1, height - 1 - radius), 255, -1)
    for x in (radius, width - 1 - radius):
        for y in (radius, height - 1 - radius):
            cv2.circle(board, (x, y), radius, 255, -1, cv2.LINE_AA)
    return board


def board_border(board: np.ndarray, text_size: int, width: float, inset: float) -> np.ndarray:
    """The border of a board: a ring ``inset`` inside its edge; both lengths in units of the text's size."""
    outer, inner = (_shrunk(board, round(share * text_size)) for share in (inset, inset + width))
    return cv2.subtract(outer, inner) if round(width * text_size) else np.zeros_like(board)


def _shrunk(board: np.ndarray, distance: int) -> np.ndarray:
    """A board of the same shape, by ``distance`` pixels smaller on each side."""
    height, width = board.shape
    if not distance or min(height, width) <= 2 * distance:
        return board
    small = cv2.resize(board, (width - 2 * distance, height - 2 * distance), interpolation=cv2.INTER_LINEAR)
    return cv2.copyMakeBorder(small, distance, distance, distance, distance, cv2.BORDER_CONSTANT, value=0)


def random_style(
    rng: np.random.Generator,
    ground: np.ndarray,
    shape: tuple[int, ...],
    text_size: int,
    edged: bool,
    legible: bool,
    options: PageOptions,
) -> Style:
    """Draw a style for letters.

    Args:
        rng: Source of chance.
        ground: The pixels they cover, (N, 3).
        shape: Height and width of the rectangle around them.
        text_size: Size of their font in pixels.
        edged: Whether they have an edge.
        legible: Whether they can be read.
        options: How varied letters are.
    """
    brightness = luminance(ground.mean(axis=0)) if len(ground) else 127.0
    contrast = rng.uniform(35, 55) if rng.random() < options.low_contrast else rng.uniform(70, 120)
    hollow = edged and rng.random() < options.hollow
    edge_colour = contrasting_colour(rng, brightness, contrast if hollow else 0.5 * contrast) if edged else None
    colour = contrasting_colour(rng, brightness if edge_colour is None else luminance(edge_colour), contrast)
    return Style(
        colour=random_fill(rng, shape, colour, contrast) if rng.random() < options.textured else colour,
        opacity=rng.uniform(0.8, 1.0),
        edge_colour=edge_colour,
        hollow=hollow,
        shadow=random_offset(rng, text_size) if rng.random() < 0.2 else (0, 0),
        blur=0.0 if legible else rng.uniform(0.12, 0.25) * text_size,
    )


def random_fill(rng: np.random.Generator, shape: tuple[int, ...], colour: np.ndarray, contrast: float) -> np.ndarray:
    """Paint a surface around a colour for letters that differ so much from what is behind, (h, w, 3) uint8."""
    nodes = colour + rng.normal(0, 0.3 * contrast, (2, int(rng.integers(1, 4)), 3))
    return cv2.resize(np.clip(nodes, 0, 255).astype(np.uint8), shape[1::-1], interpolation=cv2.INTER_LINEAR)


def random_offset(rng: np.random.Generator, text_size: int) -> tuple[int, int]:
    """Draw where a shadow falls, in pixels to the right and down: mostly to the lower right."""
    distance = math.ceil(text_size / 20)
    return (distance if rng.random() < 0.8 else -distance), (distance if rng.random() < 0.9 else -distance)
