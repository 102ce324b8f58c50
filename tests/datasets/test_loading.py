import io
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmocr.registry import TRANSFORMS
from PIL import Image

from dbnetpp_plugin.datasets.errors import BrokenImageError
from dbnetpp_plugin.datasets.transforms.loading import (
    LoadEncodedImage,
    check_complete,
    decode,
    image_size,
    jpeg_scan_start,
    shrink,
)


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


def with_thumbnail(jpeg: bytes, thumbnail: bytes) -> bytes:
    """A JPEG whose header holds another one, as cameras write it."""
    return jpeg[:2] + b'\xff\xe1' + (len(thumbnail) + 2).to_bytes(2, 'big') + thumbnail + jpeg[2:]


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


def test_orientation_is_ignored_in_size_and_pixels(image: np.ndarray) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    data = encoded(image, 'JPEG', exif=exif)
    assert image_size(data, '') == (60, 45)
    np.testing.assert_array_equal(decode(data, '')[0], decode(encoded(image, 'JPEG'), '')[0])


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


@pytest.mark.parametrize('format', ['JPEG', 'PNG'])
def test_bytes_behind_the_image_do_no_harm(image: np.ndarray, format: str) -> None:
    data = encoded(image, format)
    check_complete(data + b'\0' * 1000 + b'\xff\xda trailer', '')
    np.testing.assert_array_equal(decode(data + b'\0' * 1000, '')[0], decode(data, '')[0])


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_image(image: np.ndarray) -> None:
    data = with_thumbnail(encoded(image, 'JPEG'), encoded(image[:8, :8], 'JPEG'))
    check_complete(data, '')
    with pytest.raises(BrokenImageError, match='truncated'):
        check_complete(data[:-2], '')


def test_the_scan_of_a_jpeg_begins_behind_its_header(image: np.ndarray) -> None:
    plain, thumbnail = encoded(image, 'JPEG'), encoded(image[:8, :8], 'JPEG')
    data = with_thumbnail(plain, thumbnail)
    assert jpeg_scan_start(plain) == plain.index(b'\xff\xda')
    assert jpeg_scan_start(data) == plain.index(b'\xff\xda') + len(thumbnail) + 4
    filled = plain[:2] + b'\xff\xff\xff' + plain[2:]
    assert jpeg_scan_start(filled) == plain.index(b'\xff\xda') + 3
    assert jpeg_scan_start(plain[:100]) == 100


def test_the_error_survives_the_way_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(BrokenImageError('image file a.jpg is missing')))
    assert isinstance(error, BrokenImageError)
    assert str(error) == 'image file a.jpg is missing'


# --- decoding --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize('format', ['PNG', 'BMP'])
def test_decode_gives_blue_green_red(image: np.ndarray, format: str) -> None:
    decoded, scales = decode(encoded(image, format), '')
    np.testing.assert_array_equal(decoded, image)
    assert scales == (1, 1)


def test_grey_palette_and_alpha_become_three_channels(image: np.ndarray) -> None:
    grey = image[..., 0]
    np.testing.assert_array_equal(decode(encoded(grey, 'PNG'), '')[0], np.repeat(grey[..., None], 3, axis=2))
    transparent = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    assert decode(cv2.imencode('.png', transparent)[1].tobytes(), '')[0].shape == (45, 60, 3)


@pytest.mark.parametrize(('reduction', 'size'), [(2, (30, 23)), (4, (15, 12)), (8, (8, 6))])
def test_a_jpeg_is_reduced_in_the_decoder_rounding_up(image: np.ndarray, reduction: int, size: tuple[int, int]) -> None:
    decoded, scales = decode(encoded(image, 'JPEG', quality=95, subsampling=0), '', reduction)
    assert decoded.shape[1::-1] == size
    assert scales == (1 / reduction, 1 / reduction)
    # Colours are linear in the position: a pixel has that of the middle of the block it stands for.
    middle = (reduction - 1) / 2
    np.testing.assert_allclose(decoded[2, 3], [(3 * reduction + middle) * 4, (2 * reduction + middle) * 5,
                                               (5 * reduction + 2 * middle) * 2], atol=3)


@pytest.mark.parametrize(('reduction', 'size'), [(2, (30, 22)), (4, (15, 11)), (8, (7, 5))])
def test_other_formats_are_reduced_afterwards_rounding_down(image: np.ndarray, reduction: int,
                                                            size: tuple[int, int]) -> None:
    decoded, scales = decode(encoded(image, 'PNG'), '', reduction)
    assert decoded.shape[1::-1] == size
    assert scales == (size[0] / 60, size[1] / 45)
    x, y = (3.5 / scales[0] - 0.5), (2.5 / scales[1] - 0.5)
    np.testing.assert_allclose(decoded[2, 3], [x * 4, y * 5, (x + y) * 2], atol=1.5)


def test_shrink_averages_blocks() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    small, scales = shrink(image, 2)
    np.testing.assert_allclose(small, image.reshape(2, 2, 2, 2, 3).mean(axis=(1, 3)), atol=0.5)
    assert scales == (0.5, 0.5)
    assert shrink(image, 1)[0] is image
    assert shrink(image, 8)[0].shape == (1, 1, 3)


def test_undecodable_content_behind_a_good_header_is_named(image: np.ndarray) -> None:
    data = encoded(image, 'PNG')
    header = data[:41]
    with pytest.raises(BrokenImageError, match=r'^image file x\.png of \d+ bytes cannot be decoded'):
        decode(header + b'\0' * 20, 'x.png')


def test_an_image_that_opencv_refuses_is_named(image: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        cv2.resize(image, (0, 0))  # an error of OpenCV's own making

    monkeypatch.setattr(cv2, 'imdecode', refuse)
    with pytest.raises(BrokenImageError, match=r'^image file x\.png cannot be decoded: .*'):
        decode(encoded(image, 'PNG'), 'x.png')
