"""What light and a camera do to a scene. Pictures are (H, W, 3) uint8 BGR."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from .noise import with_noise
from .options import PLAIN, PageOptions

LIGHT = 128  # The value of a light map that leaves a pixel as it is.
Size = tuple[int, int]  # width, height


@dataclass(frozen=True)
class Camera:
    """How a scene is lit and photographed.

    Attributes:
        light: By how much each part of the picture gets brighter, times ``LIGHT``: (h, w, 3) uint8 of any size.
        kernel: What a point becomes, (k, k) float32, or (k, 1) if that is the product of two such columns; None for no
            blur.
        blur: Standard deviation of that in pixels, along the direction in which it is largest.
        scale: Resolution, as a share of the picture's own.
        noise: Standard deviation of the noise.
        curve: What becomes of each brightness, (256,) uint8; None for no change.
        quality: Of the JPEG that the picture was stored as; None for none.
    """

    light: np.ndarray
    kernel: np.ndarray | None = None
    blur: float = 0.0
    scale: float = 1.0
    noise: float = 0.0
    curve: np.ndarray | None = None
    quality: int | None = None


def random_camera(rng: np.random.Generator, size: Size, options: PageOptions = PLAIN) -> Camera:
    """Draw light and a camera for a scene of that width and height."""
    kernel, blur, scale = None, 0.0, 1.0
    if rng.random() < options.blurred:
        kernel, blur, scale = random_blur(rng)
    elif rng.random() < 0.5:
        blur = rng.uniform(0.3, 1.1)
        kernel = gaussian_kernel(blur)
    toned = rng.random() < options.toned
    return Camera(
        random_light(rng, size, toned, shaded=rng.random() < options.shadows),
        kernel, blur, scale,
        noise=rng.uniform(1, 9) if rng.random() < 0.6 else 0.0,
        curve=random_curve(rng) if toned else None,
        quality=int(rng.integers(18, 85)) if rng.random() < options.compressed else None,
    )


def random_light(rng: np.random.Generator, size: Size, toned: bool = False, shaded: bool = False) -> np.ndarray:
    """Draw light that changes across the picture, has a colour, and is kept off by things outside of it.

    Returns:
        A light map of a quarter of the width and height, see :class:`Camera`.
    """
    small = (max(size[0] // 4, 1), max(size[1] // 4, 1))
    nodes = rng.uniform(0.65, 1.25) * (1 + rng.uniform(-0.25, 0.25, (2, 2, 1))) * np.ones(3)
    if toned:
        nodes = nodes * rng.uniform(0.88, 1.12, 3)
    light = cv2.resize(nodes.astype(np.float32), small)
    if shaded:
        for _ in range(rng.integers(1, 4)):
            light = light * random_shadow(rng, small)[..., None]
    return np.clip(light * LIGHT, 0, 255).astype(np.uint8)


def random_shadow(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a shadow, or at times a spot of light: the factor for each pixel, (H, W) float32."""
    corners = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * size
    factor = rng.uniform(0.35, 0.8) if rng.random() < 0.8 else rng.uniform(1.2, 1.7)
    inside = cv2.fillPoly(np.zeros(size[::-1], np.float32), [cv2.convexHull(corners.astype(np.int32))], 1.0)
    return 1 + (factor - 1) * cv2.GaussianBlur(inside, (0, 0), rng.uniform(0.3, 8))


def random_blur(rng: np.random.Generator) -> tuple[np.ndarray | None, float, float]:
    """Draw a blur that one sees: kernel, its standard deviation and the resolution, as in :class:`Camera`."""
    kind = rng.choice(4, p=(0.25, 0.25, 0.25, 0.25))
    if kind == 0:
        sigma = rng.uniform(0.8, 2.0)
        return gaussian_kernel(sigma), sigma, 1.0
    if kind == 1:
        radius = rng.uniform(1.0, 3.0)
        return disc_kernel(radius), radius / 2, 1.0
    if kind == 2:
        length = rng.uniform(3, 10)
        return streak_kernel(length, rng.uniform(0, np.pi)), length / 12 ** 0.5, 1.0
    scale = rng.uniform(0.35, 0.8)
    return None, 0.4 / scale, scale


def gaussian_kernel(sigma: float) -> np.ndarray:
    """A column of a soft point, (k, 1) float32; its sum is 1."""
    return cv2.getGaussianKernel(2 * int(np.ceil(2.5 * sigma)) + 1, sigma, cv2.CV_32F)


def disc_kernel(radius: float) -> np.ndarray:
    """A point out of focus: a disc, (k, k) float32; its sum is 1."""
    reach = int(np.ceil(radius))
    distance = np.hypot(*np.mgrid[-reach:reach + 1, -reach:reach + 1])
    disc = np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)
    return disc / disc.sum()


def streak_kernel(length: float, angle: float) -> np.ndarray:
    """A point seen while the camera moves: a line, (k, k) float32; its sum is 1."""
    reach = int(np.ceil(length / 2))
    canvas = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    step = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = ((reach + sign * step) * 16 for sign in (-1, 1))
    cv2.line(canvas, start.round().astype(int).tolist(), end.round().astype(int).tolist(), 255, 1, cv2.LINE_AA, 4)
    return canvas.astype(np.float32) / canvas.sum()


def random_curve(rng: np.random.Generator) -> np.ndarray:
    """Draw an exposure: gamma, contrast and black point, (256,) uint8."""
    levels = np.linspace(0, 1, 256) ** np.exp(rng.normal(0, 0.3))
    levels = 0.5 + (levels - 0.5) * rng.uniform(0.6, 1.25) + rng.uniform(-0.1, 0.1)
    return np.clip(255 * levels, 0, 255).astype(np.uint8)


def photographed(rng: np.random.Generator, image: np.ndarray, camera: Camera) -> np.ndarray:
    """Give a scene the light, blur, noise and compression of a camera; ``rng`` is for the noise."""
    size = (image.shape[1], image.shape[0])
    light = cv2.resize(camera.light, size, interpolation=cv2.INTER_LINEAR)
    scene = cv2.multiply(image, light, scale=1 / LIGHT)
    if camera.kernel is not None:
        scene = blurred(scene, camera.kernel)
    if camera.scale < 1:
        small = (max(round(size[0] * camera.scale), 1), max(round(size[1] * camera.scale), 1))
        scene = cv2.resize(cv2.resize(scene, small, interpolation=cv2.INTER_AREA), size)
    if camera.curve is not None:
        scene = cv2.LUT(scene, camera.curve)
    if camera.noise:
        scene = with_noise(rng, scene, camera.noise)
    return scene if camera.quality is None else compressed(scene, camera.quality)


def blurred(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Blur a picture by a kernel as of :class:`Camera`."""
    if kernel.shape[1] == 1:
        return cv2.sepFilter2D(image, -1, kernel, kernel)
    return cv2.filter2D(image, -1, kernel)


def compressed(image: np.ndarray, quality: int) -> np.ndarray:
    """Store a picture as JPEG and read it again."""
    _, data = cv2.imencode('.jpg', image, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return cast(np.ndarray, cv2.imdecode(data, cv2.IMREAD_COLOR))
