"""Images at a half, a quarter or an eighth of their size."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from dbnetpp_plugin.images.decoding import decode_reduced, shrink
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.header import parse_header


@pytest.fixture
def image() -> np.ndarray:
    """Smooth, so that a JPEG keeps it, and unlike its mirror image."""
    ys, xs = np.mgrid[:45, :60]
    return np.dstack([xs * 4, ys * 5, (xs + ys) * 2]).astype(np.uint8)


def encoded(image: np.ndarray, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image[..., ::-1] if image.ndim == 3 else image).save(file, format, **options)
    return file.getvalue()


def test_orientation_is_ignored_in_size_and_pixels(image: np.ndarray) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    data = encoded(image, 'JPEG', exif=exif)
    assert parse_header(data, '')[:3] == (60, 45, 6)
    np.testing.assert_array_equal(decode_reduced(data, '')[0], decode_reduced(encoded(image, 'JPEG'), '')[0])


# --- decoding --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize('format', ['PNG', 'BMP'])
def test_decode_gives_blue_green_red(image: np.ndarray, format: str) -> None:
    decoded, scales = decode_reduced(encoded(image, format), '')
    np.testing.assert_array_equal(decoded, image)
    assert scales == (1, 1)


def test_grey_palette_and_alpha_become_three_channels(image: np.ndarray) -> None:
    grey = image[..., 0]
    np.testing.assert_array_equal(decode_reduced(encoded(grey, 'PNG'), '')[0], np.repeat(grey[..., None], 3, axis=2))
    transparent = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    assert decode_reduced(cv2.imencode('.png', transparent)[1].tobytes(), '')[0].shape == (45, 60, 3)


@pytest.mark.parametrize(('reduction', 'size'), [(2, (30, 23)), (4, (15, 12)), (8, (8, 6))])
def test_a_jpeg_is_reduced_in_the_decoder_rounding_up(image: np.ndarray, reduction: int, size: tuple[int, int]) -> None:
    decoded, scales = decode_reduced(encoded(image, 'JPEG', quality=95, subsampling=0), '', reduction)
    assert decoded.shape[1::-1] == size
    assert scales == (1 / reduction, 1 / reduction)
    # Colours are linear in the position: a pixel has that of the middle of the block it stands for.
    middle = (reduction - 1) / 2
    np.testing.assert_allclose(decoded[2, 3], [(3 * reduction + middle) * 4, (2 * reduction + middle) * 5,
                                               (5 * reduction + 2 * middle) * 2], atol=3)


@pytest.mark.parametrize(('reduction', 'size'), [(2, (30, 22)), (4, (15, 11)), (8, (7, 5))])
def test_other_formats_are_reduced_afterwards_rounding_down(image: np.ndarray, reduction: int,
                                                            size: tuple[int, int]) -> None:
    decoded, scales = decode_reduced(encoded(image, 'PNG'), '', reduction)
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
        decode_reduced(header + b'\0' * 20, 'x.png')


def test_transparent_pixels_are_put_on_white_as_in_detection(image: np.ndarray) -> None:
    transparent = np.dstack([image, np.zeros(image.shape[:2], np.uint8)])
    decoded, _ = decode_reduced(cv2.imencode('.png', transparent)[1].tobytes(), '', 2)
    np.testing.assert_array_equal(decoded, np.full((22, 30, 3), 255))


def test_an_image_that_opencv_refuses_is_decoded_by_pillow(image: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        cv2.resize(image, (0, 0))  # an error of OpenCV's own making

    monkeypatch.setattr(cv2, 'imdecode', refuse)
    np.testing.assert_array_equal(decode_reduced(encoded(image, 'PNG'), 'x.png')[0], image)
