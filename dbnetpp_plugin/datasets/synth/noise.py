"""Noise, cheap: parts of a sheet of it that is drawn once."""

import functools

import cv2
import numpy as np

SIDE = 1024  # of the sheet, in pixels
MEAN, SIGMA = 128, 32


@functools.cache
def noise_sheet() -> np.ndarray:
    """Normal noise, rounded: (SIDE, SIDE, 3) uint8, mean ``MEAN``, standard deviation ``SIGMA``."""
    drawn = np.random.default_rng(0).normal(MEAN, SIGMA, (SIDE, SIDE, 3))
    sheet = np.clip(drawn, 0, 255).round().astype(np.uint8)
    sheet.flags.writeable = False
    return sheet


def with_noise(rng: np.random.Generator, image: np.ndarray, sigma: float, grey: bool = False) -> np.ndarray:
    """Add noise to a picture.

    Args:
        rng: Source of chance.
        image: (H, W, 3) uint8.
        sigma: Standard deviation, in steps of brightness.
        grey: Whether all colours get the same.
    """
    height, width = image.shape[:2]
    sheet = noise_sheet()
    repeats = (-(-height // SIDE), -(-width // SIDE))
    if repeats != (1, 1):
        sheet = np.tile(sheet, (*repeats, 1))
    y, x = rng.integers(sheet.shape[0] - height + 1), rng.integers(sheet.shape[1] - width + 1)
    noise = sheet[y:y + height, x:x + width]
    if grey:
        noise = cv2.merge([cv2.extractChannel(noise, 0)] * 3)
    return cv2.addWeighted(image, 1, noise, sigma / SIGMA, -MEAN * sigma / SIGMA)
