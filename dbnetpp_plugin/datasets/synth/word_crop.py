"""One word as a detector's outline cuts it out of a photograph, to train readers on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from .camera import photographed, random_camera
from .faces import Face
from .fonts import load_font
from .grounds import Size, plain_ground, recoloured
from .options import RICH, PageOptions
from .paint import ink_layers
from .picture import Picture
from .signs import random_style
from .texts import draw_text
from .vocabulary import Vocabulary
from .warps import corners

TEXT_SIZES = (13, 60)  # of fonts, in pixels
# Least and greatest distance of an outline from the ink, in heights of it: at the ends of a word; above and below.
SLACK = ((-0.08, 0.35), (-0.08, 0.18))
MARGIN = 0.5  # Around the ink of a word, in the same unit: more than any outline takes
LEAN, TURN = 0.15, 0.1  # Standard deviation of its slant, and of how far its left end is off, in that unit
NEIGHBOURS = 0.15  # Share of crops into which the line above or below may reach
BENT = 0.25  # Share of crops whose letters stand on an arc
MAX_BLUR = 0.05  # Standard deviation, in units of the crop's height


def render_word(
    rng: np.random.Generator,
    fonts: Sequence[Path],
    photographs: Sequence[np.ndarray],
    options: PageOptions = RICH,
    *,
    level: str = 'word',
    vocabulary: Vocabulary | None = None,
) -> tuple[np.ndarray, str]:
    """Make a picture of one word. The same arguments, with ``rng`` in the same state, give the same picture.

    Args:
        rng: Source of chance; it moves on.
        fonts: Font files, from :func:`.fonts.find_fonts`.
        photographs: (H, W, 3) uint8 BGR, to write on.
        options: How varied the picture is; those about pages, the shape of blocks and boards have no effect.
        level: ``word``, or ``line`` for up to three words.
        vocabulary: What is written.

    Returns:
        The picture, (h, w, 3) uint8 BGR, of at least 8 x 8 pixels, and what is written.
    """
    text, face = random_text(rng, fonts, options, level, vocabulary or Vocabulary())
    edge = max(round(face.size / 18), 1) if rng.random() < 0.3 else 0
    ink, edged, quad = draw_line(rng, text, face, edge)
    size = crop_size(quad)
    ink, edged = (straightened(canvas, quad, size) for canvas in (ink, edged))
    if rng.random() < BENT:
        wave = rng.uniform(-0.15, 0.15) * size[1] * np.sin(np.linspace(0, np.pi, size[0]))
        ink, edged = bent(ink, wave), bent(edged, wave)
    picture = Picture(word_ground(rng, photographs, size, options))
    style = random_style(rng, picture.pixels[edged > 0], edged.shape, round(face.size), bool(edge), True, options)
    for colour, cover in ink_layers(ink, edged, style):
        picture.lay_over(colour, cover, picture.box)
    camera = random_camera(rng, size, options)
    if camera.blur > MAX_BLUR * size[1]:
        camera = replace(camera, kernel=None, blur=0.0, scale=1.0)
    return photographed(rng, picture.pixels, camera), text


def random_text(
    rng: np.random.Generator, fonts: Sequence[Path], options: PageOptions, level: str, vocabulary: Vocabulary,
) -> tuple[str, Face]:
    """Draw what is written, and letters that can write it."""
    words = int(rng.integers(1, 4)) if level == 'line' else 1
    text, font = draw_text(rng, fonts, options, vocabulary, words)
    size = np.exp(rng.uniform(*np.log(TEXT_SIZES)))
    weight = rng.uniform(0.01, 0.05) if rng.random() < options.bold else 0.0
    tracking = rng.uniform(-0.04, 0.4) if rng.random() < options.tracked else 0.0
    return text, Face(load_font(font, round(size)), round(weight * size), round(tracking * size))


def draw_line(
    rng: np.random.Generator, text: str, face: Face, edge: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a line of text, and an outline around it as imprecise as detectors' are.

    Returns:
        How much of each pixel of a canvas the letters cover, the same for the letters with their edge, both (H, W)
        uint8, and the outline, (4, 2) from the upper left corner.
    """
    ink, at = face.draw(text)
    edged, start = face.draw(text, edge) if edge else (ink, at)
    height, width = edged.shape
    margin = round(MARGIN * height) + 2
    canvases = [np.zeros((height + 2 * margin, width + 2 * margin), np.uint8) for _ in range(2)]
    for canvas, mask, (x, y) in ((canvases[0], ink, at), (canvases[1], edged, start)):
        x, y = x - start[0] + margin, y - start[1] + margin
        canvas[y:y + mask.shape[0], x:x + mask.shape[1]] = mask
    if rng.random() < NEIGHBOURS:
        canvases[0] = with_neighbour(rng, canvases[0], ink, margin)
        canvases[1] = np.maximum(canvases[0], canvases[1])
    return canvases[0], canvases[1], imprecise_outline(rng, (width, height), margin)


def imprecise_outline(rng: np.random.Generator, size: Size, margin: int) -> np.ndarray:
    """Draw an outline (4, 2) around letters of that width and height, ``margin`` pixels from the canvas' corner."""
    width, height = size
    ends, sides = (rng.uniform(*slack, 2) * height for slack in SLACK)
    left, top = margin - 0.5 - ends[0], margin - 0.5 - sides[0]
    quad = corners((left, top, margin + width - 0.5 + ends[1], margin + height - 0.5 + sides[1]))
    quad += rng.normal(0, 0.04, (4, 2)) * height
    quad[:2, 0] += rng.normal(0, LEAN) * height
    quad[[0, 3], 1] += rng.normal(0, TURN) * height
    return quad


def with_neighbour(rng: np.random.Generator, canvas: np.ndarray, ink: np.ndarray, margin: int) -> np.ndarray:
    """Let the feet or tops of another line, with the letters ``ink``, reach into the margin of a canvas."""
    reach = int(rng.uniform(0.5, 0.95) * margin)
    left = margin if ink.shape[1] + margin <= canvas.shape[1] else 0
    part = ink[::-1, ::-1][:reach] if rng.random() < 0.5 else ink[-reach:]
    rows = slice(0, part.shape[0]) if rng.random() < 0.5 else slice(canvas.shape[0] - part.shape[0], canvas.shape[0])
    other = np.zeros_like(canvas)
    other[rows, left:left + part.shape[1]] = part
    return np.maximum(canvas, other)


def crop_size(quad: np.ndarray) -> Size:
    """Width and height in pixels of an outline (4, 2), straightened."""
    sides = np.hypot(*(np.roll(quad, -1, axis=0) - quad).T)
    width, height = ((sides[i] + sides[i + 2]) / 2 for i in (0, 1))
    return max(round(float(width)), 8), max(round(float(height)), 8)


def straightened(canvas: np.ndarray, quad: np.ndarray, size: Size) -> np.ndarray:
    """Warp what is inside an outline to a picture of that width and height."""
    target = corners((-0.5, -0.5, size[0] - 0.5, size[1] - 0.5)).astype(np.float32)
    return cv2.warpPerspective(canvas, cv2.getPerspectiveTransform(quad.astype(np.float32), target), size)


def bent(canvas: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Move each column of a picture down by ``offset``, (W,) pixels."""
    height, width = canvas.shape
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    y = np.arange(height, dtype=np.float32)[:, None] - offset.astype(np.float32)
    return cv2.remap(canvas, np.ascontiguousarray(x), y, cv2.INTER_LINEAR)


def word_ground(
    rng: np.random.Generator, photographs: Sequence[np.ndarray], size: Size, options: PageOptions,
) -> np.ndarray:
    """Draw what is behind a word: mostly even, as signs are."""
    if rng.random() < 0.5:
        return plain_ground(rng, photographs, size, options)
    photograph = photographs[int(rng.integers(len(photographs)))]
    height, width = photograph.shape[:2]
    scale = min(rng.uniform(0.3, 2.0), width / size[0], height / size[1])
    w, h = max(int(scale * size[0]), 1), max(int(scale * size[1]), 1)
    x, y = rng.integers(width - w + 1), rng.integers(height - h + 1)
    return recoloured(rng, cv2.resize(photograph[y:y + h, x:x + w], size, interpolation=cv2.INTER_LINEAR))
