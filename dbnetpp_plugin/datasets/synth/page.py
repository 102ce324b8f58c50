"""One synthetic picture of a scene with text, and its annotation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from dbnetpp_plugin.annotations.ignored import IGNORED_TEXT
from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.geometry.polygons import strip_height

from .blocks import Block, draw_block
from .camera import photographed, random_camera
from .clutter import add_clutter
from .grounds import Size, random_ground
from .options import PLAIN, PageOptions
from .paint import ink_layers
from .picture import Picture
from .signs import lay_board, random_style
from .texts import random_face, random_lines
from .vocabulary import Vocabulary
from .warps import PageBox, Warp, random_arc, random_perspective

MIN_SIZE = 128  # of a page's sides, in pixels
LEVELS = ('word', 'line')
LEGIBLE_SIDE = 8.0  # Text with a shorter side in pixels cannot be read, nor be trained on
FILLED = 0.9  # of the page's width or height, at most, by a block that does not lean


@dataclass(frozen=True)
class PlacedBlock:
    """A block, where it lies on the page, and whether one can read it."""

    block: Block
    warp: Warp
    legible: bool
    on_board: bool


def render_page(
    rng: np.random.Generator,
    fonts: Sequence[Path],
    photographs: Sequence[np.ndarray],
    size: Size,
    options: PageOptions = PLAIN,
    *,
    level: str = 'word',
    vocabulary: Vocabulary | None = None,
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Make a picture with words in it. The same arguments, with ``rng`` in the same state, give the same picture.

    Args:
        rng: Source of chance; it moves on.
        fonts: Font files, from :func:`.fonts.find_fonts`.
        photographs: (H, W, 3) uint8 BGR, to write on; free of text.
        size: Width and height of the picture in pixels, at least ``MIN_SIZE``.
        options: How varied the picture is.
        level: What is annotated: each ``word``, or each whole ``line``.
        vocabulary: What is written.

    Returns:
        The picture, (H, W, 3) uint8 BGR, and the instances of its annotation. Outlines lie inside the picture and do
        not overlap. Text too small or too blurred to read is ignored, and its transcription is ``###``.
    """
    check_page(size)
    if level not in LEVELS:
        raise ValueError(f'level should be one of {", ".join(LEVELS)}, got {level!r}')
    picture = Picture(random_ground(rng, photographs, size, options))
    add_clutter(rng, picture, options)
    camera = random_camera(rng, size, options)
    instances: list[dict[str, Any]] = []
    if rng.random() >= options.without_text:
        for placed in place_blocks(rng, fonts, size, options, vocabulary or Vocabulary()):
            write_block(rng, picture, placed, options)
            instances += block_instances(placed, level, LEGIBLE_SIDE + 3 * camera.blur)
    return photographed(rng, picture.pixels, camera), instances


def check_page(size: Size) -> Size:
    """Tell sizes that are too small; the others are given back."""
    if min(size) < MIN_SIZE:
        raise ValueError(f'a page should be at least {MIN_SIZE} pixels wide and high, got {size[0]} x {size[1]}')
    return size


def place_blocks(
    rng: np.random.Generator, fonts: Sequence[Path], size: Size, options: PageOptions, vocabulary: Vocabulary,
) -> list[PlacedBlock]:
    """Draw some blocks, the largest first, each where it is free; those that find no place are left out."""
    smallest, largest = options.text_size[0], options.text_size[1] * min(size)
    most = options.max_blocks
    if rng.random() < options.dense:
        options = replace(options, max_lines=2 * options.max_lines)
        most, largest = 2 * most, (smallest * largest) ** 0.5
    shares = rng.beta(*options.small, rng.integers(1, most + 1))
    taken = np.zeros(size[::-1], np.uint8)
    blocks = []
    for text_size in sorted(smallest * (largest / smallest) ** shares, reverse=True):
        placed = place_block(rng, random_block(rng, fonts, text_size, size, options, vocabulary), taken)
        if placed is not None:
            blocks.append(placed)
            outline = placed.warp.outline(placed.block.canvas_box).round().astype(np.int32)
            cv2.fillPoly(taken, [outline], 1)
    return blocks


def random_block(
    rng: np.random.Generator,
    fonts: Sequence[Path],
    text_size: float,
    page: Size,
    options: PageOptions = PLAIN,
    vocabulary: Vocabulary | None = None,
) -> PlacedBlock:
    """Draw a block with its shape, at no particular place. Bent text is one line.

    Args:
        rng: Source of chance.
        fonts: Font files.
        text_size: Size of the font in pixels; it gets smaller where the block would not fit the page.
        page: Width and height of the page.
        options: How varied blocks are.
        vocabulary: What is written.
    """
    bent = rng.random() < options.bent
    max_lines = 1 if bent else options.max_lines
    lines, font = random_lines(rng, fonts, options, vocabulary or Vocabulary(), max_lines)
    room = (FILLED * page[0], FILLED * page[1])
    face, gaps = random_face(rng, font, lines, text_size, room, options)
    edge = round(face.size / 18) if rng.random() < 0.3 else 0
    block = draw_block(lines, face, edge=edge, line_gap=gaps[0], word_gap=gaps[1], centred=rng.random() < 0.6)
    if bent:
        warp: Warp = random_arc(rng, block.size, options)
    else:
        warp = random_perspective(rng, block.size, options)
    on_board = not bent and rng.random() < options.on_board
    return PlacedBlock(block, warp, bool(rng.random() >= options.illegible), bool(on_board))


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
        offset = rng.uniform(0, room) - low
        here = outline + offset
        x0, y0, x1, y1 = page_box(here, (width, height))
        mine = filled(here - (x0, y0), (x1 - x0, y1 - y0))
        if not cv2.bitwise_and(taken[y0:y1, x0:x1], mine).any():
            return replace(block, warp=block.warp.moved(*offset))
    return None


def write_block(
    rng: np.random.Generator, picture: Picture, placed: PlacedBlock, options: PageOptions = PLAIN,
) -> None:
    """Write a block on ``picture``, on a board or on what is there, in colours that can be told from it."""
    block, warp = placed.block, placed.warp
    box = page_box(warp.outline(block.canvas_box), picture.size)
    if placed.on_board:
        lay_board(rng, picture, block.size, block.text_size, warp, box, options)
    ink = warp.render(block.ink, box)
    edged = warp.render(block.edged, box) if block.edge else ink
    ground = picture.part(box)[edged > 0]
    style = random_style(rng, ground, edged.shape, block.text_size, bool(block.edge), placed.legible, options)
    for colour, cover in ink_layers(ink, edged, style):
        picture.lay_over(colour, cover, box)


def block_instances(
    placed: PlacedBlock, level: str = 'word', legible_side: float = LEGIBLE_SIDE,
) -> list[dict[str, Any]]:
    """Annotate the words or lines of a block; those narrower than ``legible_side`` pixels are ignored."""
    block = placed.block
    texts = block.line_boxes() if level == 'line' else zip(block.words, block.boxes, strict=True)
    instances = []
    for text, box in texts:
        outline = placed.warp.outline(box)
        legible = placed.legible and strip_height(outline) >= legible_side
        polygon = outline.round(2).ravel().tolist()
        instances.append(make_instance(polygon, ignore=not legible, text=text if legible else IGNORED_TEXT))
    return instances


def page_box(outline: np.ndarray, size: Size) -> PageBox:
    """Smallest rectangle of whole pixels around an outline, inside a page of that width and height."""
    x0, y0 = np.floor(outline.min(axis=0)).astype(int)
    x1, y1 = np.ceil(outline.max(axis=0)).astype(int) + 1
    return max(int(x0), 0), max(int(y0), 0), min(int(x1), size[0]), min(int(y1), size[1])


def filled(outline: np.ndarray, size: Size) -> np.ndarray:
    """Fill an outline: 1 on 0, (H, W) uint8."""
    return cv2.fillPoly(np.zeros(size[::-1], np.uint8), [outline.round().astype(np.int32)], 1)
