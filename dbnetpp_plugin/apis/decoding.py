"""From the bytes of an image file, of whatever kind, to 8-bit BGR.

OpenCV decodes what photographs and scans are usually kept in, several times as fast as Pillow. Pillow decodes the rest:

- what is transparent is put on white, as paper is,
- 32-bit pixels are scaled by the range that holds them: [0, 1], [0, 255] or [0, 65535],
- CMYK without Adobe's marker has ink where it is high; both libraries take it for inverted, as Adobe writes it,
- whatever OpenCV was built without.

16-bit pixels become 8-bit by their upper byte, in OpenCV: 65535 is 255. Of animations and multi-page files the first
picture counts. The orientation that a TIFF names is part of that format, and both libraries always apply it.
"""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from dbnetpp_plugin.datasets.errors import BrokenImageError
from dbnetpp_plugin.datasets.transforms.loading import decode

ORIENTATION_TAG = 0x0112
RANGES = (1, 255, 65535)
# EXIF orientation -> whether rows and columns change places, and which axes are then reversed.
_TURNS: dict[int, tuple[bool, tuple[int, ...]]] = {
    1: (False, ()), 2: (False, (1,)), 3: (False, (0, 1)), 4: (False, (0,)),
    5: (True, ()), 6: (True, (1,)), 7: (True, (0, 1)), 8: (True, (0,)),
}


class Header(NamedTuple):
    """What decides how an image is decoded."""

    mode: str  # of Pillow
    format: str
    transparent: bool
    adobe: bool
    orientation: int  # that is still to be applied


def decode_image(data: bytes, path: str, upright: bool = False) -> NDArray[np.uint8]:
    """Decode an image as (H, W, 3), BGR.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.
        upright: Turn the image as its EXIF data ask.

    Raises:
        BrokenImageError: If the image cannot be decoded.
    """
    header = _header(data, path)
    image = _decode_with_pillow(data, path, header) if _is_unusual(header) else _decode(data, path, header)
    return oriented(image, header.orientation) if upright else image


def oriented(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The image turned as an EXIF orientation, 1 to 8, asks; other numbers mean nothing."""
    transposed, reversed_axes = _TURNS.get(orientation, _TURNS[1])
    return np.ascontiguousarray(np.flip(image.swapaxes(0, 1) if transposed else image, reversed_axes))


def _header(data: bytes, path: str) -> Header:
    try:
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format or ''
            transparent = image.mode in ('RGBA', 'LA', 'PA', 'RGBa', 'La') or 'transparency' in image.info
            return Header(image.mode, kind, transparent, 'adobe' in image.info,
                          1 if kind == 'TIFF' else _orientation(image))
    except Exception as error:  # Pillow's readers of damaged headers end in errors of many kinds
        raise _undecodable(data, path) from error


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # damaged EXIF data, in which errors of any kind end, do not make an image unreadable
        return 1


def _is_unusual(header: Header) -> bool:
    plain_cmyk = header.mode == 'CMYK' and header.format == 'JPEG' and not header.adobe
    return header.transparent or header.mode in ('F', 'I') or plain_cmyk


def _decode(data: bytes, path: str, header: Header) -> NDArray[np.uint8]:
    try:
        return decode(data, path)[0]
    except BrokenImageError:
        if header.mode.startswith('I;16'):  # of which Pillow would keep the lower byte
            raise
        return _decode_with_pillow(data, path, header)


def _decode_with_pillow(data: bytes, path: str, header: Header) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            if header.mode in ('F', 'I'):
                return _scaled(np.asarray(image), path)
            if header.transparent:
                overlay = image.convert('RGBA')
                image = Image.alpha_composite(Image.new('RGBA', overlay.size, 'white'), overlay)
            elif header.mode == 'CMYK' and not header.adobe and header.format == 'JPEG':
                image = ImageChops.invert(image)
            return np.ascontiguousarray(np.asarray(image.convert('RGB'))[..., ::-1])
    except BrokenImageError:
        raise
    except Exception as error:  # as above
        raise _undecodable(data, path) from error


def _scaled(grey: NDArray, path: str) -> NDArray[np.uint8]:
    values = grey.astype(np.float64)
    low, high = values.min(), values.max()
    limit = next((limit for limit in RANGES if low >= 0 and high <= limit), None)
    if limit is None:
        raise BrokenImageError(f'image file {path} has pixels from {low:g} to {high:g}, expected 0 to 1, 255 or 65535')
    return np.repeat(np.rint(values * (255 / limit)).astype(np.uint8)[..., None], 3, axis=2)


def _undecodable(data: bytes, path: str) -> BrokenImageError:
    return BrokenImageError(f'image file {path} of {len(data)} bytes cannot be decoded')
