import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from mmocr.registry import TRANSFORMS
from PIL import Image

from dbnetpp_plugin.datasets.transforms.loading import LoadEncodedImage
from dbnetpp_plugin.images.errors import BrokenImageError


@pytest.fixture
def busy() -> np.ndarray:
    """Far larger, when encoded, than the header."""
    return np.random.default_rng(0).integers(0, 256, (45, 60, 3), dtype=np.uint8)


@pytest.fixture
def image() -> np.ndarray:
    """Smooth, so that a JPEG keeps it, and unlike its mirror image."""
    ys, xs = np.mgrid[:45, :60]
    return np.dstack([xs * 4, ys * 5, (xs + ys) * 2]).astype(np.uint8)


def encoded(image: np.ndarray, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image[..., ::-1] if image.ndim == 3 else image).save(file, format, **options)
    return file.getvalue()


def load(path: Path) -> dict:
    return LoadEncodedImage()({'img_path': str(path)})


@pytest.mark.parametrize('format', ['JPEG', 'PNG', 'BMP', 'WEBP', 'TIFF'])
def test_load_reads_the_file_and_its_size(tmp_path: Path, image: np.ndarray, format: str) -> None:
    path = tmp_path / 'image'
    path.write_bytes(encoded(image, format))
    results = TRANSFORMS.build({'type': 'LoadEncodedImage'})({'img_path': str(path), 'other': 1})
    assert results == {'img_path': str(path), 'other': 1, 'img_bytes': path.read_bytes(), 'img_shape': (45, 60),
                       'ori_shape': (45, 60)}


def test_load_does_not_change_what_it_was_given(tmp_path: Path, image: np.ndarray) -> None:
    path = tmp_path / 'image'
    path.write_bytes(encoded(image, 'PNG'))
    results = {'img_path': str(path)}
    LoadEncodedImage()(results)
    assert results == {'img_path': str(path)}


# --- broken files ----------------------------------------------------------------------------------------------------
def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenImageError, match=r'^image file .*no\.jpg is missing$'):
        load(tmp_path / 'no.jpg')


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenImageError, match=r'is missing$'):
        load(tmp_path)


@pytest.mark.parametrize(('content', 'message'), [
    (b'', r'^image file .*a\.jpg is empty$'),
    (b'<html>404</html>', r'^image file .*a\.jpg of 16 bytes is not an image that can be read$'),
    (b'\xff\xd8\xff', r'a\.jpg of 3 bytes is not an image'),
    (b'\x89PNG\r\n\x1a\n', r'a\.jpg of 8 bytes is not an image'),
])
def test_what_is_not_an_image_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(content)
    with pytest.raises(BrokenImageError, match=message):
        load(path)


@pytest.mark.parametrize('options', [{'format': 'JPEG'}, {'format': 'JPEG', 'progressive': True}, {'format': 'PNG'}])
@pytest.mark.parametrize('missing', [1, 2, 100, 0.5])
def test_a_truncated_file_is_named(tmp_path: Path, busy: np.ndarray, options: dict, missing: float) -> None:
    data = encoded(busy, **options)
    # The last 8 bytes of a PNG are the name and the checksum of a block without content.
    cut = int(missing * len(data)) if missing < 1 else int(missing) + 7 * (options['format'] == 'PNG')
    path = tmp_path / 'a'
    path.write_bytes(data[:-cut])
    with pytest.raises(BrokenImageError, match=rf'^image file .*a is truncated after {len(data) - cut} bytes$'):
        load(path)


def test_the_error_survives_the_way_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(BrokenImageError('image file a.jpg is missing')))
    assert isinstance(error, BrokenImageError)
    assert str(error) == 'image file a.jpg is missing'


