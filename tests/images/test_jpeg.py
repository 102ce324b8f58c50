"""Segments of JPEG files, and truncated files."""

import io

import numpy as np
import pytest
from PIL import Image

from dbnetpp_plugin.images.completeness import check_complete
from dbnetpp_plugin.images.decoding import decode_image
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.jpeg import scan_start, without_exif


@pytest.fixture
def image() -> np.ndarray:
    """Smooth, so that a JPEG keeps it, and unlike its mirror image."""
    ys, xs = np.mgrid[:45, :60]
    return np.dstack([xs * 4, ys * 5, (xs + ys) * 2]).astype(np.uint8)


def encoded(image: np.ndarray, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image[..., ::-1] if image.ndim == 3 else image).save(file, format, **options)
    return file.getvalue()


def with_thumbnail(jpeg: bytes, thumbnail: bytes) -> bytes:
    """A JPEG whose header holds another one, as cameras write it."""
    return jpeg[:2] + b'\xff\xe1' + (len(thumbnail) + 2).to_bytes(2, 'big') + thumbnail + jpeg[2:]


@pytest.mark.parametrize('format', ['JPEG', 'PNG'])
def test_bytes_behind_the_image_do_no_harm(image: np.ndarray, format: str) -> None:
    data = encoded(image, format)
    check_complete(data + b'\0' * 1000 + b'\xff\xda trailer', '')
    np.testing.assert_array_equal(decode_image(data + b'\0' * 1000, ''), decode_image(data, ''))


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_image(image: np.ndarray) -> None:
    data = with_thumbnail(encoded(image, 'JPEG'), encoded(image[:8, :8], 'JPEG'))
    check_complete(data, '')
    with pytest.raises(BrokenImageError, match='truncated'):
        check_complete(data[:-2], '')


def test_the_scan_of_a_jpeg_begins_behind_its_header(image: np.ndarray) -> None:
    plain, thumbnail = encoded(image, 'JPEG'), encoded(image[:8, :8], 'JPEG')
    data = with_thumbnail(plain, thumbnail)
    assert scan_start(plain) == plain.index(b'\xff\xda')
    assert scan_start(data) == plain.index(b'\xff\xda') + len(thumbnail) + 4
    filled = plain[:2] + b'\xff\xff\xff' + plain[2:]
    assert scan_start(filled) == plain.index(b'\xff\xda') + 3
    assert scan_start(plain[:100]) == 100


def test_only_exif_segments_are_cut():
    def segment(marker, content):
        return b'\xff' + bytes([marker]) + (len(content) + 2).to_bytes(2, 'big') + content
    other = segment(0xE0, b'JFIF\x00') + segment(0xE1, b'http://ns.adobe.com/xap/1.0/\x00')
    exif = segment(0xE1, b'Exif\x00\x00MM' + bytes(300))
    scan = segment(0xDA, b'123') + b'pixels \xff\xe1\x00\x08Exif\x00\x00 more' + b'\xff\xd9'
    data = b'\xff\xd8' + other[:9] + exif + other[9:] + exif + scan
    assert without_exif(data) == b'\xff\xd8' + other + scan


