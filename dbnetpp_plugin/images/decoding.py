"""From the bytes of an image file, of whatever kind, to 8-bit BGR.

OpenCV decodes what photographs and scans are usually kept in, several times as fast as Pillow. Pillow decodes the rest:

- what is transparent is put on white, as paper is,
- 32-bit pixels are scaled by the range that holds them: [0, 1], [0, 255] or [0, 65535],
- CMYK without Adobe's marker has ink where it is high; both libraries take it for inverted, as Adobe writes it,
- whatever OpenCV was built without.

16-bit pixels become 8-bit by their upper byte, in OpenCV: 65535 is 255. Of animations and multi-page files the first
picture counts.
"""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageOps, TiffImagePlugin

from .errors import BrokenImageError
from .header import ORIENTATION_TAG, Header, parse_header

RANGES = (1, 255, 65535)
# How many pixels, along each axis, may become one. Annotations belong to the image as it is stored, whatever EXIF says.
REDUCTIONS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


def decode_image(data: bytes, path: str, upright: bool = False, header: Header | None = None) -> NDArray[np.uint8]:
    """Decode an image as (H, W, 3), BGR.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.
        upright: Turn the image as its EXIF data ask.
        header: Of the image, if it is known.

    Raises:
        BrokenImageError: If the image cannot be decoded.
    """
    header = header or parse_header(data, path)
    image = None if _needs_pillow(header) else _decode_with_opencv(data, 1)
    if image is None:
        if header.mode.startswith('I;16'):  # of which Pillow would keep the lower byte
            raise _undecodable(data, path)
        image = _decode_with_pillow(data, path)
    return turned_upright(image, header.orientation) if upright else image


def decode_reduced(data: bytes, path: str, reduction: int = 1) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Decode an image as it is stored, at reduced size if it will be shrunk anyway.

    A JPEG file is decoded to 1/2, 1/4 or 1/8 of its size in a fraction of the time.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.
        reduction: A key of :data:`REDUCTIONS`.

    Returns:
        The image, (H, W, 3), BGR, and the factors by which its width and height were scaled. Each pixel is the mean
        of those it stands for.

    Raises:
        BrokenImageError: If the image cannot be decoded.
    """
    header = parse_header(data, path)
    if header.kind in ('JPEG', 'MPO') and not _needs_pillow(header):
        image = _decode_with_opencv(data, reduction)
        if image is not None:
            # The decoder rounds the size up where the reduction does not divide it; the scale of the image is exact.
            return image, (1 / reduction, 1 / reduction)
    return shrink(decode_image(data, path, header=header), reduction)


def shrink(image: NDArray[np.uint8], reduction: int) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Average blocks of reduction x reduction pixels.

    Returns:
        The image, and the factors by which its width and height were scaled. They differ from ``1 / reduction`` where
        it does not divide the size. With reduction 1 the image is the given one.
    """
    if reduction == 1:
        return image, (1.0, 1.0)
    height, width = image.shape[:2]
    small_width, small_height = max(1, width // reduction), max(1, height // reduction)
    small = cv2.resize(image, (small_width, small_height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), (small_width / width, small_height / height)


def turned_upright(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The image turned as an EXIF orientation, 1 to 8, asks; other numbers mean nothing."""
    picture = Image.fromarray(image)
    picture.getexif()[ORIENTATION_TAG] = orientation
    return np.array(ImageOps.exif_transpose(picture))


def pixels_of_pillow(image: Image.Image, path: str) -> NDArray[np.uint8]:
    """The pixels of a Pillow image as (H, W, 3), BGR, by the rules of this module.

    EXIF orientation is left to the caller; that of a TIFF file is part of the format, and Pillow applies it.

    Args:
        image: It is loaded, if it is not yet, and else stays as it is.
        path: Where it came from, for the message.

    Raises:
        BrokenImageError: If it cannot be decoded.
    """
    try:
        _load(image)
        if image.mode in ('F', 'I'):
            return _scaled(np.asarray(image), path)
        if image.mode.startswith('I;16'):  # of which Pillow would clip all above 255
            return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[..., None], 3, axis=2)
        if image.has_transparency_data:
            overlay = image.convert('RGBA')
            image = Image.alpha_composite(Image.new('RGBA', overlay.size, 'white'), overlay)
        elif image.mode == 'CMYK' and image.format == 'JPEG' and 'adobe' not in image.info:
            image = ImageChops.invert(image)
        return np.ascontiguousarray(np.asarray(image.convert('RGB'))[..., ::-1])
    except BrokenImageError:
        raise
    except Exception as error:  # Pillow's decoders end in errors of many kinds
        raise BrokenImageError(f'image file {path} cannot be decoded') from error


def _load(image: Image.Image) -> None:
    """Load an image; a TIFF file is turned once.

    Pillow 12 maps plain grey TIFF files that it opened by name into memory, and then applies their orientation twice.
    It does not map a file without a name.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        image.load()
        return
    name, image.filename = image.filename, ''
    try:
        image.load()
    finally:
        image.filename = name


def _needs_pillow(header: Header) -> bool:
    return header.transparent or header.mode in ('F', 'I') or _is_plain_cmyk(header)


def _is_plain_cmyk(header: Header) -> bool:
    return header.mode == 'CMYK' and header.kind == 'JPEG' and not header.adobe


def _decode_with_opencv(data: bytes, reduction: int) -> NDArray[np.uint8] | None:
    try:
        flags = REDUCTIONS[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
        return cv2.imdecode(np.frombuffer(data, np.uint8), flags)  # type: ignore[return-value]
    except cv2.error:  # too large for OpenCV
        return None


def _decode_with_pillow(data: bytes, path: str) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return pixels_of_pillow(image, f'{path} of {len(data)} bytes')
    except BrokenImageError:
        raise
    except Exception as error:  # the header could be read before, so this is rare
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
