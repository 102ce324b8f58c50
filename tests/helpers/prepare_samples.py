"""Small raw data sets for the tests of the preparers."""

import numpy as np
from PIL import Image

EXIF_ORIENTATION = 0x0112


def save_image(path, size=(20, 10), orientation=None, **options):
    """Save an image of random pixels; its format follows from the suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)
    exif = Image.Exif()
    if orientation:
        exif[EXIF_ORIENTATION] = orientation
    Image.fromarray(pixels).save(path, exif=exif, **options)


def save_text(path, content):
    """Save a text, as UTF-8, or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
