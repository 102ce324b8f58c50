"""Grounds to write on, and what a camera does to a scene. Pictures are (H, W, 3) uint8 BGR."""

from collections.abc import Sequence

import cv2
import numpy as np

from .paint import lay_over, random_colour

Size = tuple[int, int]  # width, height


def random_ground(rng: np.random.Generator, photographs: Sequence[np.ndarray], size: Size) -> np.ndarray:
    """Draw a ground: part of a photograph, two of them mixed, or a painted surface."""
    kind = rng.choice(3, p=(0.6, 0.25, 0.15))
    if kind == 2:
        return random_surface(rng, size)
    ground = random_part(rng, photographs, size)
    if kind == 1:
        share = rng.uniform(0.3, 0.7)
        ground = cv2.addWeighted(ground, share, random_part(rng, photographs, size), 1 - share, 0)
    return ground


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
        shade = image[..., :1].astype(np.float32) / 255
        dark, light = sorted((random_colour(rng), random_colour(rng)), key=np.sum)
        tinted = (dark + shade * (light - dark)).astype(np.uint8)
        return tinted if rng.random() < 0.7 else image
    if rng.random() < 0.5:
        return image
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    hue = ((hsv[..., 0].astype(np.int16) + rng.integers(180)) % 180).astype(np.uint8)
    saturation = cv2.convertScaleAbs(hsv[..., 1], alpha=rng.uniform(0.3, 1.3))
    return cv2.cvtColor(cv2.merge([hue, saturation, hsv[..., 2]]), cv2.COLOR_HSV2BGR)


def is_grey(image: np.ndarray) -> bool:
    """Tell whether a picture has no colours."""
    return bool((image[..., 0] == image[..., 1]).all() and (image[..., 1] == image[..., 2]).all())


def random_surface(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Paint a surface: a soft change from colour to colour, with a grain."""
    colour = random_colour(rng)
    nodes = colour + rng.normal(0, rng.uniform(2, 30), (3, 3, 3))
    surface = cv2.resize(nodes.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    grain = rng.standard_normal((size[1], size[0], 1), np.float32) * rng.uniform(0, 8)
    return np.clip(cv2.GaussianBlur(surface + grain, (0, 0), rng.uniform(0.4, 2)), 0, 255).astype(np.uint8)


def with_clutter(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Lay empty boards, discs, bars and stripes over a picture: things that look like a sign, but bear no text."""
    height, width = image.shape[:2]
    for _ in range(rng.choice(5, p=(0.4, 0.25, 0.15, 0.1, 0.1))):
        cover = random_shape(rng, (width, height)).astype(np.float32) / 255
        image = lay_over(image, random_colour(rng), rng.uniform(0.6, 1.0) * cover, (0, 0, width, height))
    return image


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


def photographed(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Give a scene uneven light, the camera's exposure, a light blur and noise."""
    height, width = image.shape[:2]
    light = rng.uniform(0.65, 1.25) * (1 + rng.uniform(-0.25, 0.25, (2, 2)))
    scene: np.ndarray = image * cv2.resize(light.astype(np.float32), (width, height))[..., None]
    if rng.random() < 0.5:
        scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.3, 1.1))
    if rng.random() < 0.6:
        scene = scene + rng.standard_normal(image.shape, np.float32) * rng.uniform(1, 9)
    return np.clip(scene, 0, 255).astype(np.uint8)
