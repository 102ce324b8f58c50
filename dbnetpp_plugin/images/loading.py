"""Loading image files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .completeness import check_complete
from .decoding import decode_image
from .errors import BrokenImageError
from .header import Header, parse_header
from .pdf import is_page, read_page


def read_image(path: str | Path, *, upright: bool = False) -> NDArray[np.uint8]:
    """Load an image file as (H, W, 3), BGR; :mod:`.decoding` says how other kinds of pixels are converted.

    Args:
        path: The file.
        upright: Turn the image as its EXIF data ask. Otherwise pixels stay as they are stored, which is what the
            annotations of data sets refer to.

    Raises:
        BrokenImageError: If the file is missing, empty, truncated, not an image, or far too large. The message is one
            sentence.
    """
    if is_page(path):
        return read_page(path)
    data, header = load_encoded(str(path))
    return decode_image(data, str(path), upright, header)


def load_encoded(path: str, read: Callable[[str], bytes] | None = None) -> tuple[bytes, Header]:
    """Load an image file without decoding it.

    Args:
        path: The file.
        read: Reads the bytes at a path, from the local disk by default. It raises ``OSError`` if that fails.

    Returns:
        The bytes of a complete file, and its header.

    Raises:
        BrokenImageError: If the file is missing, empty, truncated, or not an image.
    """
    try:
        data = (read or _read_local)(path)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BrokenImageError(f'image file {path} is missing') from error
    except OSError as error:
        raise BrokenImageError(f'image file {path} cannot be read: {error.strerror or error}') from error
    return bytes(data), check_encoded(data, path)


def check_encoded(data: bytes, path: str) -> Header:
    """Header of an encoded image, which is complete.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.

    Raises:
        BrokenImageError: If it is empty, truncated, or not an image.
    """
    if not data:
        raise BrokenImageError(f'image file {path} is empty')
    header = parse_header(data, path)
    check_complete(data, path)
    return header


def _read_local(path: str) -> bytes:
    return Path(path).read_bytes()
