"""Telling truncated image files, of which decoders make images with a grey lower part."""

from . import jpeg
from .errors import BrokenImageError

_PNG_START, _PNG_END = b'\x89PNG\r\n\x1a\n', b'IEND'


def check_complete(data: bytes, path: str) -> None:
    """Check that a JPEG or PNG file has its end.

    Args:
        data: The content of the file.
        path: Where it came from, for the message.

    Raises:
        BrokenImageError: If the end of the image is missing. Other content may follow the end.
    """
    complete = True
    if data.startswith(jpeg.START):
        complete = data.endswith(jpeg.END) or data.find(jpeg.END, jpeg.scan_start(data)) >= 0
    elif data.startswith(_PNG_START):
        complete = data.rfind(_PNG_END) >= 0
    if not complete:
        raise BrokenImageError(f'image file {path} is truncated after {len(data)} bytes')
