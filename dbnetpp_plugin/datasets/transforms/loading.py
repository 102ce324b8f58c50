"""Reading image files without decoding them yet.

How large an image is needed is known only after the crop is drawn. A JPEG is decoded to 1/2, 1/4 or 1/8 of its size in
a fraction of the time, so the loader hands on the encoded file, and whoever needs the pixels calls :func:`decode`.
"""

import io
from typing import Any

import cv2
import mmengine.fileio as fileio
import numpy as np
from mmcv.transforms import BaseTransform
from mmocr.registry import TRANSFORMS
from numpy.typing import NDArray
from PIL import Image

from dbnetpp_plugin.datasets.errors import BrokenImageError
from dbnetpp_plugin.memory import keep_freed_memory

REDUCTIONS = (1, 2, 4, 8)

# As 'color_ignore_orientation' of MMOCR: annotations belong to the image as it is stored, whatever EXIF says.
_FLAGS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
_JPEG_START, _JPEG_SCAN, _JPEG_END = b'\xff\xd8', 0xDA, b'\xff\xd9'
_PNG_START, _PNG_END = b'\x89PNG\r\n\x1a\n', b'IEND'


@TRANSFORMS.register_module()
class LoadEncodedImage(BaseTransform):
    """Read an image file, and its size from the header.

    Takes the place of ``LoadImageFromFile`` before ``DBTextAugment``, which decodes.

    Required Keys:

    - img_path

    Added Keys:

    - img_bytes: The content of the file.
    - img_shape, ori_shape: ``(height, width)``. EXIF orientation is ignored.

    Args:
        backend_args: Where files are read from, as for MMOCR's ``LoadImageFromFile``.

    Raises:
        BrokenImageError: If the file is missing, empty, truncated, or not an image.
    """

    def __init__(self, backend_args: dict | None = None) -> None:
        self.backend_args = backend_args
        keep_freed_memory()  # forked data workers inherit it

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        path = results['img_path']
        data = read_file(path, self.backend_args)
        width, height = image_size(data, path)
        check_complete(data, path)
        return {**results, 'img_bytes': data, 'img_shape': (height, width), 'ori_shape': (height, width)}

    def __repr__(self) -> str:
        return f'{type(self).__name__}(backend_args={self.backend_args})'


def read_file(path: str, backend_args: dict | None = None) -> bytes:
    """Content of a file.

    Raises:
        BrokenImageError: If it is missing or empty, or must not or cannot be read.
    """
    try:
        data = fileio.get(path, backend_args=backend_args)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BrokenImageError(f'image file {path} is missing') from error
    except OSError as error:
        raise BrokenImageError(f'image file {path} cannot be read: {error.strerror or error}') from error
    if not data:
        raise BrokenImageError(f'image file {path} is empty')
    return bytes(data)


def image_size(data: bytes, path: str) -> tuple[int, int]:
    """Width and height of an encoded image, from its header.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.

    Raises:
        BrokenImageError: If it is not an image.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except Image.DecompressionBombError as error:
        raise BrokenImageError(f'image file {path} of {len(data)} bytes claims to be larger than is safe to decode: '
                               f'{error}') from error
    except Exception as error:  # damaged headers end in errors of many kinds inside Pillow
        raise BrokenImageError(f'image file {path} of {len(data)} bytes is not an image that can be read') from error


def check_complete(data: bytes, path: str) -> None:
    """Tell truncated JPEG and PNG files, of which OpenCV makes images with a grey lower part.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.

    Raises:
        BrokenImageError: If the end of the image is missing. Other content may follow the end.
    """
    complete = True
    if data.startswith(_JPEG_START):
        complete = data.endswith(_JPEG_END) or data.find(_JPEG_END, jpeg_scan_start(data)) >= 0
    elif data.startswith(_PNG_START):
        complete = data.rfind(_PNG_END) >= 0
    if not complete:
        raise BrokenImageError(f'image file {path} is truncated after {len(data)} bytes')


def jpeg_scan_start(data: bytes) -> int:
    """Where the first scan of a JPEG begins: behind it the bytes of an end marker mean nothing else.

    Before it they may belong to a thumbnail. The length of the data, if there is no scan.
    """
    position = len(_JPEG_START)
    while position + 4 <= len(data) and data[position] == 0xFF:
        if data[position + 1] == _JPEG_SCAN:
            return position
        if data[position + 1] == 0xFF:  # fill byte
            position += 1
        else:
            position += 2 + int.from_bytes(data[position + 2:position + 4], 'big')
    return len(data)


def decode(data: bytes, path: str, reduction: int = 1) -> tuple[NDArray, tuple[float, float]]:
    """Decode an image, at reduced size if it will be shrunk anyway.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.
        reduction: 1, 2, 4 or 8: how many pixels, along each axis, may become one.

    Returns:
        The image, (H, W, 3), BGR, and the factors by which its width and height were scaled. Each pixel is the mean
        of those it stands for.

    Raises:
        BrokenImageError: If the image cannot be decoded.
    """
    in_decoder = reduction if data.startswith(_JPEG_START) else 1
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), _FLAGS[in_decoder] | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:  # too large for OpenCV
        raise BrokenImageError(f'image file {path} cannot be decoded: {error.err}') from error
    if image is None:
        raise BrokenImageError(f'image file {path} of {len(data)} bytes cannot be decoded')
    if in_decoder == reduction:
        # The decoder rounds the size up where the reduction does not divide it; the scale of the image is exact.
        return image, (1 / reduction, 1 / reduction)
    return shrink(image, reduction)


def shrink(image: NDArray, reduction: int) -> tuple[NDArray, tuple[float, float]]:
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
    return small, (small_width / width, small_height / height)
