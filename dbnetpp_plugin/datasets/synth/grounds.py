"""Grounds to write on: photographs, surfaces and patterns. Pictures are (H, W, 3) uint8 BGR."""

from collections.abc import Sequence

import cv2
import numpy as np

from .noise import with_noise
from .options import PLAIN, PageOptions
from .paint import LUMINANCE, random_colour
from .picture import Picture
from .warps import random_perspective, translation

Size = tuple[int, int]  # width, height


def random_ground(
    rng: np.random.Generator, photographs: Sequence[np.ndarray], size: Size, options: PageOptions = PLAIN,
) -> np.ndarray:
    """Draw a ground: of one kind, or of up to four, each in a region of its own."""
    ground = plain_ground(rng, photographs, size, options)
    if rng.random() >= options.regions:
        return ground
    picture = Picture(ground)
    for _ in range(rng.integers(1, 4)):
        cover, box = random_region(rng, size)
        if cover.any():
            part = plain_ground(rng, photographs, (box[2] - box[0], box[3] - box[1]), options)
            picture.lay_over(part, cover.astype(np.float32) / 255, box)
    return picture.pixels


def plain_ground(
    rng: np.random.Generator, photographs: Sequence[np.ndarray], size: Size, options: PageOptions,
) -> np.ndarray:
    """Draw a ground of one kind: part of a photograph, two of them mixed, a painted surface or a pattern."""
    if rng.random() < options.patterns:
        return (random_pattern, random_leaves, random_clouds)[rng.choice(3, p=(0.5, 0.25, 0.25))](rng, size)
    kind = rng.choice(3, p=(0.6, 0.25, 0.15))
    if kind == 2:
        return random_surface(rng, size)
    ground = random_part(rng, photographs, size)
    if kind == 1:
        share = rng.uniform(0.3, 0.7)
        ground = cv2.addWeighted(ground, share, random_part(rng, photographs, size), 1 - share, 0)
    return ground


def random_region(rng: np.random.Generator, size: Size) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Draw a quadrilateral, as of a wall, street or sky: 255 in its bounding box, and that box."""
    width, height = size
    w, h = rng.uniform(0.25, 1.2) * width, rng.uniform(0.25, 1.2) * height
    centre = rng.uniform(0, 1, 2) * size
    quad = centre + np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) / 2 + rng.normal(0, 0.06, (4, 2)) * size
    x0, y0 = np.clip(np.floor(quad.min(axis=0)), 0, np.array(size) - 1).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(quad.max(axis=0)), (x0 + 1, y0 + 1), size).astype(int).tolist()
    cover = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(cover, [(quad - (x0, y0)).round().astype(np.int32)], 255, cv2.LINE_AA)
    return cover, (x0, y0, x1, y1)


def random_part(rng: np.random.Generator, photographs: Sequence[np.ndarray], size: Size) -> np.ndarray:
    """Cut a part out of a photograph, with other colours, flipped or turned, and scale it to that width and height."""
    photograph = photographs[int(rng.integers(len(photographs)))]
    photograph = np.rot90(photograph, rng.choice([0, 0, 0, 1, 2, 3]))
    if rng.random() < 0.5:
        photograph = photograph[:, ::-1]
    height, width = photograph.shape[:2]
    scale = rng.uniform(0.4, 1.0) * min(width / size[0], height / size[1])
    part_w, part_h = max(round(scale * size[0]), 1), max(round(scale * size[1]), 1)
    x, y = rng.integers(width - part_w + 1), rng.integers(height - part_h + 1)
    part = cv2.resize(photograph[y:y + part_h, x:x + part_w], size, interpolation=cv2.INTER_LINEAR)
    return recoloured(rng, part)


def recoloured(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Give a picture other colours: grey ones are painted in two colours, others get another hue at times."""
    if is_grey(image):
        dark, light = sorted((random_colour(rng), random_colour(rng)), key=np.sum)
        shades = np.linspace(dark, light, 256).astype(np.uint8)[None]
        return cv2.LUT(image, shades) if rng.random() < 0.7 else image
    if rng.random() < 0.5:
        return image
    return cv2.transform(image, hue_matrix(rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 1.3)))


def hue_matrix(angle: float, saturation: float) -> np.ndarray:
    """Matrix that turns colours about the grey axis by an angle and takes them nearer to it or farther off, (3, 3)."""
    axis = np.full(3, 3 ** -0.5)
    cross = np.cross(np.eye(3), axis)
    turn = np.cos(angle) * np.eye(3) - np.sin(angle) * cross + (1 - np.cos(angle)) * np.outer(axis, axis)
    grey = np.tile(LUMINANCE, (3, 1))
    return (grey + saturation * (np.eye(3) - grey)) @ turn


def is_grey(image: np.ndarray) -> bool:
    """Tell whether a picture has no colours, by some of its pixels."""
    some = image[::7, ::7]
    return bool((some[..., 0] == some[..., 1]).all() and (some[..., 1] == some[..., 2]).all())


def random_surface(rng: np.random.Generator, size: Size, colour: np.ndarray | None = None) -> np.ndarray:
    """Paint a surface: a soft change from colour to colour, with a grain."""
    colour = random_colour(rng) if colour is None else colour
    nodes = colour + rng.normal(0, rng.uniform(2, 30), (3, 3, 3))
    surface = cv2.resize(np.clip(nodes, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    return with_noise(rng, cv2.GaussianBlur(surface, (0, 0), 1), rng.uniform(0, 6), grey=True)


def random_pattern(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Paint what repeats, seen from the side: bricks, windows, blinds, tiles, fences, nets."""
    width, height = size
    tile = random_tile(rng, (int(rng.integers(8, 90)), int(rng.integers(8, 90))))
    repeats = (-(-3 * height // (2 * tile.shape[0])), -(-3 * width // (2 * tile.shape[1])), 1)
    sheet = np.tile(tile, repeats)
    warp = random_perspective(rng, (sheet.shape[1], sheet.shape[0]))
    middle = warp.to_page(np.array([[sheet.shape[1] / 2, sheet.shape[0] / 2]]))[0]
    matrix = translation(width / 2 - middle[0], height / 2 - middle[1]) @ warp.matrix
    seen = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return with_noise(rng, seen, rng.uniform(0, 8), grey=True)


def random_tile(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Paint one piece of a pattern: boxes, bars and discs on one colour."""
    width, height = size
    tile = np.full((height, width, 3), random_colour(rng), np.uint8)
    for _ in range(rng.integers(1, 4)):
        colour = np.clip(random_colour(rng) * 0.5 + tile[0, 0] * 0.5, 0, 255).tolist()
        start, end = (rng.uniform(0, 1, (2, 2)) * size).round().astype(int).tolist()
        thickness = -1 if rng.random() < 0.6 else int(rng.integers(1, 4))
        kind = rng.integers(4)
        if kind == 0:
            cv2.rectangle(tile, start, end, colour, thickness)
        elif kind == 1:
            cv2.line(tile, (start[0], 0), (start[0], height), colour, int(rng.integers(1, 6)))
        elif kind == 2:
            cv2.line(tile, (0, start[1]), (width, start[1]), colour, int(rng.integers(1, 6)))
        else:
            cv2.circle(tile, start, int(rng.integers(2, min(size) // 2 + 2)), colour, thickness, cv2.LINE_AA)
    return tile


def random_leaves(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Paint many small leaves, stones or flowers of like colours over each other."""
    half = (max(size[0] // 2, 1), max(size[1] // 2, 1))
    base = random_colour(rng)
    image = np.full((half[1], half[0], 3), base * rng.uniform(0.2, 0.9), np.uint8)
    longest = rng.uniform(4, 16)
    count = int(np.clip(half[0] * half[1] / longest ** 2, 20, 500))
    centres = (rng.uniform(0, 1, (count, 2)) * half).astype(int).tolist()
    axes = rng.uniform((0.3 * longest, 0.1 * longest), (longest, 0.6 * longest), (count, 2)).astype(int).tolist()
    turns = rng.uniform(0, 180, count).tolist()
    colours = np.clip(base * rng.uniform(0.4, 1.6, (count, 1)) + rng.normal(0, 12, (count, 3)), 0, 255).tolist()
    for centre, axis, turn, colour in zip(centres, axes, turns, colours, strict=True):
        cv2.ellipse(image, centre, axis, turn, 0, 360, colour, -1)
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)


def random_clouds(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Paint clouds, rust, plaster or bark: noise of several sizes, between two colours."""
    width, height = size
    sums = np.zeros((height, width), np.float32)
    stretch = rng.uniform(0.3, 3)
    for octave in range(int(rng.integers(2, 4)), 7):
        nodes = rng.standard_normal((2 ** octave, max(int(stretch * 2 ** octave), 2)), np.float32)
        sums += cv2.resize(nodes, size, interpolation=cv2.INTER_LINEAR) * np.float32(2.0 ** (-0.8 * octave))
    shade = cv2.normalize(sums, np.empty((height, width), np.uint8), 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)
    dark, light = random_colour(rng), random_colour(rng)
    return cv2.LUT(cv2.merge([shade] * 3), np.linspace(dark, light, 256).astype(np.uint8)[None])
