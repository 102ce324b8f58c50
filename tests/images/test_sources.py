"""Images as users have them."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.sources import iterate_images, load_images

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
