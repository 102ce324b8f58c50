"""Images as users have them."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from bright_model import painted
from odd_images import READABLE, pillow
from PIL import Image

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.loading import read_image
from dbnetpp_plugin.images.sources import iterate_images, load_image, load_images

BGR = np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8)
PNG = cv2.imencode('.png', BGR)[1].tobytes()


@pytest.fixture
def path(tmp_path) -> Path:
    (tmp_path / 'a.png').write_bytes(PNG)
    return tmp_path / 'a.png'


def loaded(images) -> list[tuple[str | int, np.ndarray]]:
    return list(load_images(images))


@pytest.mark.parametrize('source', [
    BGR, PNG, bytearray(PNG), memoryview(PNG), io.BytesIO(PNG), Image.fromarray(BGR[..., ::-1])],
    ids=['array', 'bytes', 'bytearray', 'memoryview', 'file', 'pillow'])
def test_one_image_of_each_kind(source):
    ((name, image),) = loaded(source)
    assert name == 0
    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image, BGR)


def test_paths_and_open_files(path):
    for source in (path, str(path)):
        ((name, image),) = loaded(source)
        assert name == str(path)
        np.testing.assert_array_equal(image, BGR)
    with open(path, 'rb') as file:
        np.testing.assert_array_equal(loaded(file)[0][1], BGR)


def test_several_of_all_kinds_keep_their_order(path):
    names = [name for name, _ in loaded([PNG, path, BGR, io.BytesIO(PNG), path.parent])]
    assert names == [0, str(path), 2, 3, str(path)]
    assert [name for name, _ in loaded(iter([BGR, BGR]))] == [0, 1]


def test_grey_and_transparent_arrays():
    grey = BGR[..., 0]
    expected = np.repeat(grey[..., None], 3, axis=2)
    for source in (grey, grey[..., None]):
        np.testing.assert_array_equal(loaded(source)[0][1], expected)
    for alpha, under in ((255, BGR), (0, np.full_like(BGR, 255))):
        np.testing.assert_array_equal(loaded(np.dstack([BGR, np.full_like(grey, alpha)]))[0][1], under)
    half = loaded(np.dstack([BGR, np.full_like(grey, 51)]))[0][1]
    np.testing.assert_array_equal(half, np.rint(BGR * 0.2 + 255 * 0.8).astype(np.uint8))


@pytest.mark.parametrize('mode', ['L', 'LA', 'P', '1', 'RGBA', 'CMYK', 'I;16'])
def test_other_modes_of_pillow(mode):
    image = Image.new(mode, (5, 4), 0) if mode != 'RGBA' else Image.new(mode, (5, 4), (0, 0, 0, 0))
    found = loaded(image)[0][1]
    assert (found.shape, found.dtype) == ((4, 5, 3), np.uint8)
    assert (found == (255 if mode in ('RGBA', 'LA', 'CMYK') else 0)).all()


def test_photographs_are_turned_as_exif_asks():
    image = Image.fromarray(BGR[..., ::-1])
    image.getexif()[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, 'png', exif=image.getexif())
    for source in (image, buffer.getvalue()):
        np.testing.assert_array_equal(loaded(source)[0][1], np.rot90(BGR, -1))


@pytest.mark.parametrize(('source', 'error', 'message'), [
    (None, TypeError, r'^what was given is None, which is what cv2\.imread gives for .* an image is a path, bytes'),
    ([BGR, None], TypeError, r'^image 1 is None, which is what cv2\.imread'),
    (torch.zeros(3, 4, 4), TypeError, r'^what was given is a Tensor: an image is a path'),
    ([torch.zeros(3, 4, 4)], TypeError, r'^image 0 is a Tensor: '),
    (7, TypeError, r'^what was given is a int: '),
    ({'image': BGR}, TypeError, r'^what was given is a dict: '),
    (io.StringIO('a'), TypeError, r"^image 0 is a file that was opened as text: open it with 'rb'$"),
    ('', ValueError, r'^the path of an image is empty$'),
    (BGR.astype(np.float32), ValueError, r'^image 0 is an array \(24, 32, 3\) of float32: an image is'),
    (BGR[..., :2], ValueError, r'^image 0 is an array \(24, 32, 2\) of uint8'),
    (BGR[:0], ValueError, r'^image 0 is an array \(0, 32, 3\) of uint8'),
    (BGR[None], ValueError, r'^image 0 is an array \(1, 24, 32, 3\) of uint8'),
    (b'', BrokenImageError, r'^image file number 0 is empty$'),
    (b'no image', BrokenImageError, r'^image file number 0 of 8 bytes is not an image that can be read$'),
    (PNG[:-20], BrokenImageError, r'^image file number 0 is truncated after'),
    (Path('nowhere.png'), FileNotFoundError, r'^there is no image file or folder nowhere\.png$'),
])
def test_anything_else_gets_one_sentence(source, error, message):
    with pytest.raises(error, match=message):
        loaded(source)


def test_iteration_loads_nothing(tmp_path):
    (tmp_path / 'broken.png').write_bytes(b'x')
    assert [name for name, _ in iterate_images([tmp_path])] == [str(tmp_path / 'broken.png')]


def test_a_file_is_the_same_pixels_in_every_way_to_give_it(tmp_path):
    """By path, as bytes, as an open file, and opened with Pillow."""
    for name, encode in READABLE.items():
        path = tmp_path / name
        path.write_bytes(encode(painted()))
        with open(path, 'rb') as file, Image.open(path) as opened:
            for source in (path.read_bytes(), file, opened):
                np.testing.assert_allclose(loaded(source)[0][1].astype(int), read_image(path), err_msg=name,
                                           atol=path.suffix == '.jpg')  # two decoders round differently


@pytest.mark.parametrize('mode', ['L', 'RGB'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_a_tiff_that_pillow_opened_is_turned_once(tmp_path, mode, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(BGR).convert(mode).save(tmp_path / 'a.tif', exif=exif)
    with Image.open(tmp_path / 'a.tif') as opened:
        np.testing.assert_array_equal(loaded(opened)[0][1], read_image(tmp_path / 'a.tif'))
        assert opened.filename == str(tmp_path / 'a.tif')


def test_a_broken_image_of_pillow(tmp_path):
    (tmp_path / 'a.bmp').write_bytes(pillow('BMP')(painted())[:2000])
    with pytest.raises(BrokenImageError, match=r'^image file number 0 cannot be decoded$'), \
            Image.open(tmp_path / 'a.bmp') as opened:
        loaded(opened)


def test_forgiving_iteration_names_what_is_not_there(tmp_path, path):
    (tmp_path / 'empty').mkdir()
    given = [path, tmp_path / 'no.png', tmp_path / 'empty', str(tmp_path / '*.bmp'), PNG, b'%PDF-broken', BGR, '',
             'x' * 5000, 'a\0b.png']
    found = list(iterate_images(given, forgiving=True))
    assert [named.name for named in found] == [str(path), *map(str, given[1:4]), 4, 5, 6, *given[7:]]
    for index, message in ((1, 'there is no image file or folder'), (2, 'holds no image file'), (3, 'matches no'),
                           (5, 'cannot be read'), (7, 'the path of an image is empty'), (8, 'File name too long'),
                           (9, 'there is no image file')):
        with pytest.raises(BrokenImageError, match=message):
            load_image(found[index])
