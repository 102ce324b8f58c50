import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from bright_model import painted
from mmocr.datasets import transforms
from mmocr.registry import DATASETS, TRANSFORMS
from odd_images import READABLE
from PIL import Image

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.datasets.transforms.loading import LoadEncodedImage, LoadImage
from dbnetpp_plugin.images.decoding import decode_reduced
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.loading import read_image


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
    return TRANSFORMS.build({'type': 'LoadImage', **options})({'img_path': str(path), 'other': 1})


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
    with pytest.raises(ValueError, match=r"the color_type of LoadImage is one of color, .*, got 'unchanged'"):
        TRANSFORMS.build({'type': 'LoadImage', 'color_type': 'unchanged'})


def test_mmocrs_transform_stays_as_it_is() -> None:
    assert type(TRANSFORMS.build({'type': 'LoadImageFromFile'})) is transforms.LoadImageFromFile


@pytest.mark.parametrize(('options', 'is_ours'), [
    ({}, True), ({'color_type': 'grayscale', 'to_float32': True, 'min_size': 5, 'ignore_empty': True}, True),
    ({'imdecode_backend': 'pillow'}, False), ({'color_type': 'unchanged'}, False)])
def test_datasets_take_it_in_place_of_the_default(tmp_path: Path, options: dict, is_ours: bool) -> None:
    Image.new('RGBA', (40, 30)).save(tmp_path / 'a.png')
    entry = make_entry('a.png', 40, 30, [make_instance([2, 2, 20, 2, 20, 9, 2, 9], text='a')])
    write_annotations(tmp_path / 'a.json', [entry])
    loader = {'type': 'LoadImageFromFile', **options}
    data = DATASETS.build(dict(type='TextDetDataset', data_root=str(tmp_path), ann_file='a.json', test_mode=True,
                               pipeline=[loader]))
    (step,) = data.pipeline.transforms
    assert isinstance(step, LoadImage) is is_ours
    for name in ('color_type', 'to_float32', 'min_size', 'ignore_empty'):
        assert getattr(step, name) == getattr(TRANSFORMS.build(loader), name)
    if is_ours:
        assert (data[0]['img'] == 255).all()


def test_also_where_a_concatenation_has_the_pipeline(tmp_path: Path) -> None:
    Image.new('RGBA', (40, 30)).save(tmp_path / 'a.png')
    entry = make_entry('a.png', 40, 30, [make_instance([2, 2, 20, 2, 20, 9, 2, 9], text='a')])
    write_annotations(tmp_path / 'a.json', [entry])
    part = dict(type='TextDetDataset', data_root=str(tmp_path), ann_file='a.json', test_mode=True)
    data = DATASETS.build(dict(type='ConcatDataset', datasets=[part, part], pipeline=[dict(type='LoadImageFromFile')]))
    assert (data[1]['img'] == 255).all()
