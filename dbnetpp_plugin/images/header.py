"""What the header of an image file says, without decoding pixels."""

import io
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

from PIL import Image

from .errors import BrokenImageError

ORIENTATION_TAG = 0x0112  # of EXIF
_TRANSPARENT_MODES = ('RGBA', 'LA', 'PA', 'RGBa', 'La')


class Header(NamedTuple):
    """Size, orientation and kind of pixels of an image file."""

    width: int
    """Of the pixels as they are stored."""
    height: int
    """Of the pixels as they are stored."""
    orientation: int = 1
    """How EXIF data ask a viewer to turn the image, 1 to 8; 1 is not at all, from 5 on width and height change places.
    Always 1 for TIFF, whose orientation is part of the format: every decoder applies it."""
    kind: str = 'JPEG'
    """The format, as Pillow calls it."""
    mode: str = 'RGB'
    """The kind of pixels, as Pillow calls it."""
    transparent: bool = False
    adobe: bool = False
    """Whether a JPEG file has Adobe's marker."""
    turned: bool = False
    """Whether a TIFF file stores its pixels in another order than it shows them; size and pixels are those shown."""

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height of the pixels as they are stored."""
        return self.width, self.height

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height of what a viewer shows that follows EXIF data."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def read_header(path: str | Path) -> Header:
    """Read the header of an image file.

    Raises:
        BrokenImageError: If the file is missing or not an image.
    """
    try:
        with open(path, 'rb') as file:
            return _parse(file, os.fstat(file.fileno()).st_size, str(path))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BrokenImageError(f'image file {path} is missing') from error
    except OSError as error:
        raise BrokenImageError(f'image file {path} cannot be read: {error.strerror or error}') from error


def parse_header(data: bytes, path: str) -> Header:
    """Parse the header of an encoded image.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.

    Raises:
        BrokenImageError: If it is not an image.
    """
    return _parse(io.BytesIO(data), len(data), path)


def _parse(file: BinaryIO, size: int, path: str) -> Header:
    try:
        with Image.open(file) as image:
            kind = image.format or ''
            transparent = image.mode in _TRANSPARENT_MODES or 'transparency' in image.info
            orientation = 1 if kind == 'TIFF' else orientation_of(image)
            width, height = image.size
            turned = kind == 'TIFF' and orientation_of(image) != 1
            return Header(width, height, orientation, kind, image.mode, transparent, 'adobe' in image.info, turned)
    except Image.DecompressionBombError as error:
        raise BrokenImageError(f'image file {path} of {size} bytes claims to be larger than is safe to decode: '
                               f'{error}') from error
    except Exception as error:  # damaged headers end in errors of many kinds inside Pillow
        raise BrokenImageError(f'image file {path} of {size} bytes is not an image that can be read') from error


def orientation_of(image: Image.Image) -> int:
    """How its EXIF data ask a viewer to turn a Pillow image, 1 to 8."""
    try:
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # damaged EXIF data, in which errors of any kind end, do not make an image unreadable
        return 1
    return orientation if orientation in range(1, 9) else 1  # some cameras write 0, which has no meaning
