"""One synthetic picture of a scene with text, and its annotation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..annotation import make_instance
from .blocks import Block, draw_block, random_lines
from .effects import Size, photographed, random_ground, with_clutter
from .fonts import load_font
from .paint import Style, contrasting_colour, ink_layers, lay_over, luminance, random_colour
from .warps import PageBox, Warp, random_arc, random_perspective

MIN_SIZE = 128  # of a page's sides, in pixels
WITHOUT_TEXT = 0.08  # Share of pages without any
BENT = 0.22  # Share of blocks
ON_BOARD = 0.35
ILLEGIBLE = 0.08
LOW_CONTRAST = 0.12
MIN_TEXT_SIZE, MAX_TEXT_SIZE = 12, 0.22  # Pixels; share of the page's shorter side
LEGIBLE_SIDE = 8.0  # Text with a shorter side in pixels cannot be read, nor be trained on
IGNORED_TEXT = '###'


@dataclass(frozen=True)
class PlacedBlock:
    """A block, where it lies on the page, and whether one can read it."""

    block: Block
    warp: Warp
    legible: bool
    on_board: bool


def render_page(
    rng: np.random.Generator, fonts: Sequence[Path], photographs: Sequence[np.ndarray], size: Size,
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Make a picture with words in it. The same arguments, with ``rng`` in the same state, give the same picture.

    Args:
        rng: Source of chance; it moves on.
        fonts: Font files, from :func:`.fonts.find_fonts`.
        photographs: (H, W, 3) uint8 BGR, to write on; free of text.
        size: Width and height of the picture in pixels, at least ``MIN_SIZE``.

    Returns:
        The picture, (H, W, 3) uint8 BGR, and the instances of its annotation. Outlines lie inside the picture and do
        not overlap. A word too small or too blurred to read is ignored, and its text is ``###``.
    """
    if min(size) < MIN_SIZE:
        raise ValueError(f'a page should be at least {MIN_SIZE} pixels wide and high, got {size[0]} x {size[1]}')
    image = with_clutter(rng, random_ground(rng, photographs, size))
    instances: list[dict[str, Any]] = []
    if rng.random() >= WITHOUT_TEXT:
        for placed in place_blocks(rng, fonts, size):
            image = write_block(rng, image, placed)
            instances += block_instances(placed)
    return photographed(rng, image), instances


def place_blocks(rng: np.random.Generator, fonts: Sequence[Path], size: Size) -> list[PlacedBlock]:
    """Draw one to nine blocks, the largest first, each where it is free; those that find no place are left out."""
    largest = MAX_TEXT_SIZE * min(size)
    shares = rng.beta(1.1, 1.8, rng.integers(1, 10))  # More small text than large
    taken = np.zeros(size[::-1], np.uint8)
    blocks = []
    for text_size in sorted(MIN_TEXT_SIZE * (largest / MIN_TEXT_SIZE) ** shares, reverse=True):
        placed = place_block(rng, random_block(rng, fonts, text_size), taken)
        if placed is not None:
            blocks.append(placed)
            taken = np.maximum(taken, filled(placed.warp.outline(placed.block.canvas_box), size))
    return blocks


def random_block(rng: np.random.Generator, fonts: Sequence[Path], text_size: float) -> PlacedBlock:
    """Draw a block with its shape, at no particular place. Bent text is one line."""
    bent = rng.random() < BENT
    font = load_font(fonts[int(rng.integers(len(fonts)))], round(text_size))
    block = draw_block(
        random_lines(rng, max_lines=1 if bent else 3),
        font,
        edge=round(text_size / 18) if rng.random() < 0.3 else 0,
        line_gap=rng.uniform(0.2, 0.8),
        word_gap=rng.uniform(0.3, 0.7),
        centred=rng.random() < 0.6,
    )
    warp = random_arc(rng, block.size) if bent else random_perspective(rng, block.size)
    return PlacedBlock(block, warp, bool(rng.random() >= ILLEGIBLE), bool(not bent and rng.random() < ON_BOARD))


def place_block(rng: np.random.Generator, block: PlacedBlock, taken: np.ndarray) -> PlacedBlock | None:
    """Move a block to a random place inside the page where nothing is yet; None if ten tries find none.

    Args:
        rng: Source of chance.
        block: A block anywhere.
        taken: What is taken already, not 0, (H, W) uint8.
    """
    height, width = taken.shape
    outline = block.warp.outline(block.block.canvas_box)
    low, room = outline.min(axis=0), np.array([width - 1, height - 1]) - np.ptp(outline, axis=0)
    if (room < 0).any():
        return None
    for _ in range(10):
        warp = block.warp.moved(*(rng.uniform(0, room) - low))
        x0, y0, x1, y1 = page_box(warp.outline(block.block.canvas_box), (width, height))
        mine = filled(warp.outline(block.block.canvas_box) - (x0, y0), (x1 - x0, y1 - y0))
        if not (taken[y0:y1, x0:x1] & mine).any():
            return PlacedBlock(block.block, warp, block.legible, block.on_board)
    return None


def write_block(rng: np.random.Generator, image: np.ndarray, placed: PlacedBlock) -> np.ndarray:
    """Write a block on the picture, on a board or on what is there, in colours that can be told from it."""
    block, warp = placed.block, placed.warp
    box = page_box(warp.outline(block.canvas_box), (image.shape[1], image.shape[0]))
    if placed.on_board:
        board = warp.render(np.full_like(block.ink, 255), box)
        image = lay_over(image, random_colour(rng), board.astype(np.float32) / 255 * rng.uniform(0.85, 1.0), box)
    ink, edged = warp.render(block.ink, box), warp.render(block.edged, box)
    style = random_style(rng, image[box[1]:box[3], box[0]:box[2]][edged > 0], placed)
    for colour, cover in ink_layers(ink, edged, style):
        image = lay_over(image, colour, cover, box)
    return image


def random_style(rng: np.random.Generator, ground: np.ndarray, placed: PlacedBlock) -> Style:
    """Draw a style for letters that cover the pixels ``ground`` (N, 3)."""
    brightness = luminance(ground.mean(axis=0)) if len(ground) else 127.0
    contrast = rng.uniform(35, 55) if rng.random() < LOW_CONTRAST else rng.uniform(70, 120)
    edge_colour = contrasting_colour(rng, brightness, 0.5 * contrast) if placed.block.edge else None
    behind = brightness if edge_colour is None else luminance(edge_colour)
    text_size = placed.block.text_size
    return Style(
        colour=contrasting_colour(rng, behind, contrast),
        opacity=rng.uniform(0.8, 1.0),
        edge_colour=edge_colour,
        shadow=math.ceil(text_size / 20) if rng.random() < 0.2 else 0,
        blur=0.0 if placed.legible else rng.uniform(0.12, 0.25) * text_size,
    )


def block_instances(placed: PlacedBlock) -> list[dict[str, Any]]:
    """Annotate the words of a block."""
    instances = []
    for word, box in zip(placed.block.words, placed.block.boxes, strict=True):
        outline = placed.warp.outline(box)
        legible = placed.legible and band_width(outline) >= LEGIBLE_SIDE
        polygon = outline.round(2).ravel().tolist()
        instances.append(make_instance(polygon, ignore=not legible, text=word if legible else IGNORED_TEXT))
    return instances


def band_width(outline: np.ndarray) -> float:
    """Width of a band, straight or bent, of which only the outline (K, 2) is known.

    A band of length a and width b has half its perimeter a + b = s and the area a b = A, so b is the smaller root of
    b^2 - s b + A = 0.
    """
    points = outline.astype(np.float32)
    half, area = cv2.arcLength(points, True) / 2, cv2.contourArea(points)
    return (half - math.sqrt(max(half * half - 4 * area, 0.0))) / 2


def page_box(outline: np.ndarray, size: Size) -> PageBox:
    """Smallest rectangle of whole pixels around an outline, inside a page of that width and height."""
    x0, y0 = np.floor(outline.min(axis=0)).astype(int)
    x1, y1 = np.ceil(outline.max(axis=0)).astype(int) + 1
    return max(int(x0), 0), max(int(y0), 0), min(int(x1), size[0]), min(int(y1), size[1])


def filled(outline: np.ndarray, size: Size) -> np.ndarray:
    """Fill an outline: 1 on 0, (H, W) uint8."""
    return cv2.fillPoly(np.zeros(size[::-1], np.uint8), [outline.round().astype(np.int32)], 1)
