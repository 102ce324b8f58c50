import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from bright_model import painted, write_model
from mmengine.config import Config
from mmocr.apis import TextDetInferencer
from mmocr.datasets import transforms
from mmocr.registry import TRANSFORMS
from odd_images import READABLE
from PIL import Image

from dbnetpp_plugin.config import test_steps as steps_of
from dbnetpp_plugin.datasets.transforms.loading import LoadEncodedImage
from dbnetpp_plugin.images.decoding import decode_reduced
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.loading import read_image

CONFIGS = Path(__file__).parents[2] / 'configs'
NOT_OURS = ('mmocr_dbnetpp_r18_synth',)  # MMOCR's, to compare


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




# --- for testing ------------------------------------------------------------------------------------------------------
def load_for_testing(path: Path, **options: object) -> dict:
    return TRANSFORMS.build({'type': 'LoadImageFromFile', 'imdecode_backend': 'dbnetpp', **options})({
        'img_path': str(path), 'other': 1})


@pytest.mark.parametrize('name', READABLE)
def test_training_testing_and_the_detector_see_the_same_pixels(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(READABLE[name](painted()))
    training, _ = decode_reduced(LoadEncodedImage()({'img_path': str(path)})['img_bytes'], name)
    for color_type in ('color', 'color_ignore_orientation'):
        results = load_for_testing(path, color_type=color_type)
        np.testing.assert_array_equal(results['img'], training)
        np.testing.assert_array_equal(results['img'], read_image(path, upright=color_type == 'color'))
    assert (results['img_shape'], results['ori_shape'], results['other']) == ((128, 192), (128, 192), 1)


@pytest.mark.parametrize(('color_type', 'shape'), [
    ('color', (60, 45, 3)), ('color_ignore_orientation', (45, 60, 3)),
    ('grayscale', (60, 45)), ('grayscale_ignore_orientation', (45, 60))])
def test_colour_and_orientation(tmp_path: Path, image: np.ndarray, color_type: str, shape: tuple[int, ...]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / 'a.jpg').write_bytes(encoded(image, 'JPEG', exif=exif))
    results = load_for_testing(tmp_path / 'a.jpg', color_type=color_type)
    assert results['img'].shape == shape
    assert results['img_shape'] == shape[:2]
    assert load_for_testing(tmp_path / 'a.jpg', to_float32=True)['img'].dtype == np.float32


def test_a_broken_file_in_testing(tmp_path: Path, busy: np.ndarray) -> None:
    (tmp_path / 'a.jpg').write_bytes(encoded(busy, 'JPEG')[:2000])
    for path, message in ((tmp_path / 'a.jpg', r'a\.jpg is truncated'), (tmp_path / 'no.jpg', r'no\.jpg is missing')):
        with pytest.raises(BrokenImageError, match=message):
            load_for_testing(path)
        assert load_for_testing(path, ignore_empty=True) is None
    (tmp_path / 'b.png').write_bytes(encoded(busy, 'PNG'))
    with pytest.raises(BrokenImageError, match=r'b\.png has a side shorter than 46 pixels$'):
        load_for_testing(tmp_path / 'b.png', min_size=46)


def test_an_unknown_kind_of_colour() -> None:
    with pytest.raises(ValueError, match=r"imdecode_backend='dbnetpp' has the color_type color, .*, got 'unchanged'"):
        TRANSFORMS.build({'type': 'LoadImageFromFile', 'imdecode_backend': 'dbnetpp', 'color_type': 'unchanged'})


@pytest.mark.parametrize('backend', ['cv2', 'pillow'])
def test_other_decoders_are_those_of_mmocr(tmp_path: Path, image: np.ndarray, backend: str) -> None:
    (tmp_path / 'a.jpg').write_bytes(encoded(image, 'JPEG'))
    given = {'img_path': str(tmp_path / 'a.jpg')}
    ours = TRANSFORMS.build({'type': 'LoadImageFromFile', 'imdecode_backend': backend})
    theirs = transforms.LoadImageFromFile(imdecode_backend=backend)
    np.testing.assert_array_equal(ours(dict(given))['img'], theirs(dict(given))['img'])
    assert repr(ours) == repr(theirs)
    assert isinstance(ours, transforms.LoadImageFromFile)


def test_inferencers_of_mmocr_load_with_this_decoder(tmp_path: Path) -> None:
    config, _ = write_model(tmp_path)
    config.write_text(config.read_text().replace("type='LoadImageFromFile'", "type='LoadImageFromFile', "
                                                 "imdecode_backend='dbnetpp'"))
    Image.new('RGBA', (40, 30)).save(tmp_path / 'clear.png')
    inferencer = TextDetInferencer(str(config), device='cpu')
    for given in (str(tmp_path / 'clear.png'), np.full((30, 40, 3), 255, np.uint8)):
        assert (inferencer.pipeline(given)['inputs'] == 255).all()


@pytest.mark.parametrize('name', sorted(path.stem for path in CONFIGS.glob('*.py') if path.stem not in NOT_OURS))
def test_configs_test_with_this_decoder(name: str) -> None:
    loader, _ = steps_of(Config.fromfile(CONFIGS / f'{name}.py'))
    assert loader['imdecode_backend'] == 'dbnetpp'
