"""Writing image files."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.files import write_file


def write_jpeg(image: NDArray[np.uint8], path: Path, quality: int = 90) -> None:
    """Write an image (H, W, 3), BGR, as a JPEG file, atomically.

    Raises:
        ValueError: If the image is too large for the format.
    """
    try:
        done, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error:
        done = False
    if not done:
        raise ValueError(f'an image of {image.shape[1]}x{image.shape[0]} pixels cannot be written as JPEG to {path}')
    write_file(data.tobytes(), path)
