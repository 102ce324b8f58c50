"""Images of all kinds become 8-bit BGR, or an error that says why not."""

import io

import cv2
import numpy as np
import pytest
from bright_model import painted
from odd_images import BROKEN, READABLE, cmyk_without_adobe, encoded, pillow, turned
from PIL import Image, ImageOps

from dbnetpp_plugin.apis import read_image
from dbnetpp_plugin.images.decoding import decode_image, turned_upright
from dbnetpp_plugin.images.errors import BrokenImageError


@pytest.mark.parametrize('upright', [False, True])
@pytest.mark.parametrize('name', READABLE)
def test_every_kind_shows_the_same(tmp_path, name, upright):
    path = tmp_path / name
    path.write_bytes(READABLE[name](painted()))
    image = read_image(path, upright=upright)
    assert image.dtype == np.uint8
    assert image.flags['C_CONTIGUOUS']
    np.testing.assert_allclose(image.astype(int), painted(), atol=12 if path.suffix == '.jpg' else 0)


@pytest.mark.parametrize('upright', [False, True])
@pytest.mark.parametrize('name', BROKEN)
def test_every_broken_file_is_named(tmp_path, name, upright):
    content, message = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BrokenImageError) as raised:
        read_image(path, upright=upright)
    assert str(raised.value).startswith(f'image file {path} ')
    assert message in str(raised.value)


def test_a_file_that_must_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr('pathlib.Path.read_bytes', refuse)
    with pytest.raises(BrokenImageError, match=r'^image file \S+x\.png cannot be read: Permission denied$'):
        read_image(tmp_path / 'x.png')


def test_a_folder_is_named(tmp_path):
    (tmp_path / 'x.jpg').mkdir()
    with pytest.raises(BrokenImageError, match=r'x\.jpg is missing$'):
        read_image(tmp_path / 'x.jpg')


@pytest.mark.parametrize('size', [(1, 1), (10, 30000), (30000, 10)])
def test_sizes(tmp_path, size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    (tmp_path / 'x.png').write_bytes(pillow('PNG')(image))
    np.testing.assert_array_equal(read_image(tmp_path / 'x.png'), image)


@pytest.mark.parametrize(('pixel', 'byte'), [(0, 0), (257, 1), (32768, 128), (32767, 127), (65278, 254), (65535, 255)])
@pytest.mark.parametrize('suffix', ['.png', '.tif'])
def test_16_bits_become_8(suffix, pixel, byte):
    data = cv2.imencode(suffix, np.full((4, 5), pixel, np.uint16))[1].tobytes()
    np.testing.assert_array_equal(decode_image(data, ''), np.full((4, 5, 3), byte))


@pytest.mark.parametrize(('pixels', 'expected'), [
    ([0, 0.5, 1], [0, 128, 255]),  # of at most 1
    ([0, 1, 1.5], [0, 1, 2]),  # of at most 255
    ([0, 100.25, 255], [0, 100, 255]),
    ([0, 257, 256], [0, 1, 1]),  # of at most 65535
])
def test_32_bits_become_8(pixels, expected):
    data = encoded(Image.fromarray(np.array([pixels], np.float32)), 'TIFF')
    np.testing.assert_array_equal(decode_image(data, '')[0], np.repeat(np.array(expected)[:, None], 3, axis=1))


def test_half_transparent_is_mixed_with_white():
    data = encoded(Image.new('RGBA', (3, 2), (0, 100, 200, 51)), 'PNG')  # a fifth
    np.testing.assert_allclose(decode_image(data, '')[0, 0], [255 - 11, 255 - 31, 255 - 51], atol=1)


@pytest.mark.parametrize('encode', [pillow('JPEG', 'CMYK', quality=100, subsampling=0), cmyk_without_adobe])
def test_cmyk_keeps_its_colours(encode):
    """Red, green, blue, from left to right."""
    image = np.repeat(np.eye(3, dtype=np.uint8)[::-1][None] * 255, 8, axis=0).repeat(8, axis=1)
    np.testing.assert_allclose(decode_image(encode(image), '').astype(int), image, atol=8)


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP', 'TIFF'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_orientation_as_pillow_has_it(kind, orientation):
    ys, xs = np.mgrid[:20, :30]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {} if kind == 'TIFF' else dict(quality=95, lossless=True)
    data = encoded(Image.fromarray(np.dstack([xs * 8, ys * 12, xs * 0]).astype(np.uint8)), kind, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))[..., ::-1]
    np.testing.assert_allclose(decode_image(data, '', upright=True).astype(int), expected, atol=3)


def test_orientation_of_what_pillow_decodes():
    plain = turned(painted())
    transparent = Image.fromarray(np.dstack([np.rot90(painted()), np.full((192, 128), 255, np.uint8)]))
    exif = Image.Exif()
    exif[0x0112] = 6
    for content in (plain, encoded(transparent, 'PNG', exif=exif)):
        np.testing.assert_array_equal(decode_image(content, '', upright=True), painted())
        np.testing.assert_array_equal(decode_image(content, ''), np.rot90(painted()))


@pytest.mark.parametrize('orientation', [0, 1, 9, -1])
def test_orientation_that_means_nothing(orientation):
    np.testing.assert_array_equal(turned_upright(painted(), orientation), painted())


def test_damaged_orientation_does_no_harm():
    data = encoded(Image.fromarray(painted()), 'JPEG', exif=b'Exif\0\0II*\0\x08\0\0\0\xff\xff')
    assert decode_image(data, '', upright=True).shape == (128, 192, 3)


def test_without_a_decoder_in_opencv(monkeypatch):
    monkeypatch.setattr(cv2, 'imdecode', lambda *args: None)
    np.testing.assert_array_equal(decode_image(pillow('WEBP', lossless=True)(painted()), ''), painted())
    grey16 = cv2.imencode('.png', np.full((4, 5), 40000, np.uint16))[1].tobytes()
    with pytest.raises(BrokenImageError, match=r'^image file x of \d+ bytes cannot be decoded$'):
        decode_image(grey16, 'x')
