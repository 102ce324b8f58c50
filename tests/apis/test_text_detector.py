"""TextDetector on painted images: sources, batches, errors, and the loader of the config."""

import itertools

import cv2
import numpy as np
import pytest
import torch
from bright_model import expected_quad, painted, save, write_model
from mmengine.config import Config
from mmengine.registry import DefaultScope
from PIL import Image

from dbnetpp_plugin.apis import Detection, TextDetector
from dbnetpp_plugin.images.errors import BrokenImageError

PLACES = ((40, 40), (60, 70), (80, 20), (20, 90), (100, 50))


@pytest.fixture(scope='module')
def detector(tmp_path_factory):
    return TextDetector(*write_model(tmp_path_factory.mktemp('model')), device='cpu')


@pytest.fixture
def folder(tmp_path):
    """Five images whose names sort in the order of PLACES, and a file that is none."""
    for index, place in enumerate(PLACES):
        save(painted(*place), tmp_path / f'{index}.png')
    (tmp_path / 'notes.txt').write_text('no image')
    return tmp_path


def assert_found(detection: Detection, place: tuple[int, int]) -> None:
    np.testing.assert_allclose(detection.polygons, [expected_quad(*place)], atol=1e-3)
    assert detection.polygons[0].dtype == detection.scores.dtype == np.float32
    np.testing.assert_allclose(detection.scores, [1], atol=1e-6)
    assert detection.size == (128, 192)


# --- sources ----------------------------------------------------------------------------------------------------------
def test_array(detector):
    (detection,) = detector(painted())
    assert_found(detection, (40, 40))
    assert detection.image == 0


@pytest.mark.parametrize('convert', [str, lambda path: path], ids=['str', 'Path'])
def test_file(detector, folder, convert):
    (detection,) = detector(convert(folder / '1.png'))
    assert_found(detection, PLACES[1])
    assert detection.image == str(folder / '1.png')


@pytest.mark.parametrize('batch_size', [1, 2, 5, 9])
@pytest.mark.parametrize('sources', [lambda f: f, lambda f: str(f / '*.png'), lambda f: sorted(f.glob('*.png')),
                                     lambda f: (path for path in sorted(f.glob('*.png')))],
                         ids=['folder', 'pattern', 'list', 'generator'])
def test_many_files(detector, folder, sources, batch_size):
    detections = detector(sources(folder), batch_size)
    assert [detection.image for detection in detections] == [str(folder / f'{i}.png') for i in range(5)]
    for detection, place in zip(detections, PLACES, strict=True):
        assert_found(detection, place)


def test_mixed_sources_count_on(detector, folder):
    detections = detector([painted(20, 20), folder / '0.png', painted(30, 30), str(folder / '1.png')], 3)
    assert [detection.image for detection in detections] == [0, str(folder / '0.png'), 2, str(folder / '1.png')]
    for detection, place in zip(detections, ((20, 20), PLACES[0], (30, 30), PLACES[1]), strict=True):
        assert_found(detection, place)


def test_images_of_a_batch_may_differ_in_size(detector):
    tall = painted(20, 100, (256, 128))  # short side 128, too: halved
    first, second = detector([painted(), tall], batch_size=2)
    assert_found(first, (40, 40))
    np.testing.assert_allclose(second.polygons, [expected_quad(20, 100)], atol=1e-3)
    assert second.size == (256, 128)


def test_endless_source_is_read_batch_by_batch(detector):
    taken = itertools.count()
    stream = detector.stream((painted() for _ in taken), batch_size=3)
    assert [next(stream).image for _ in range(4)] == [0, 1, 2, 3]
    assert next(taken) == 12  # the second batch is finished, the third in the network, the fourth prepared


def test_nothing_in_nothing_out(detector):
    assert detector([]) == []


def test_image_without_text(detector):
    (detection,) = detector(np.zeros((50, 60, 3), np.uint8))
    assert detection.polygons == []
    assert detection.scores.shape == (0,)


def test_arrays_stay_as_they_are(detector):
    image = painted()
    before = image.copy()
    image.setflags(write=False)
    detector(image)
    np.testing.assert_array_equal(image, before)


# --- orientation ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(('color_type', 'upright'), [('color_ignore_orientation', False), ('color', True)])
def test_exif_orientation_is_as_the_loader_of_the_config_has_it(tmp_path, color_type, upright):
    """Orientation 6: the stored image is to be turned by a quarter, clockwise."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(painted()).save(tmp_path / 'turned.jpg', exif=exif, quality=95)
    detector = TextDetector(*write_model(tmp_path, color_type), device='cpu')
    (detection,) = detector(tmp_path / 'turned.jpg')
    assert detection.size == ((192, 128) if upright else (128, 192))
    assert detector.read(tmp_path / 'turned.jpg').shape[:2] == detection.size
    (quad,) = detection.polygons
    assert (np.ptp(quad[:, 1]) > np.ptp(quad[:, 0])) == upright


# --- errors -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def folder_with_broken(folder):
    (folder / '2.png').write_bytes((folder / '2.png').read_bytes()[:60])
    return folder


def test_broken_file_is_an_error(detector, folder_with_broken):
    with pytest.raises(BrokenImageError, match=r'2\.png is truncated after 60 bytes'):
        detector(folder_with_broken)


@pytest.mark.parametrize('batch_size', [1, 2, 4])
def test_broken_file_is_left_out_if_errors_are_handled(detector, folder_with_broken, batch_size):
    errors = []
    names = [d.image for d in detector.stream(folder_with_broken, batch_size, lambda *args: errors.append(args))]
    assert names == [str(folder_with_broken / f'{i}.png') for i in (0, 1, 3, 4)]
    ((name, error),) = errors
    assert name == str(folder_with_broken / '2.png')
    assert isinstance(error, BrokenImageError)


def test_only_broken_files(detector, tmp_path):
    (tmp_path / 'a.png').write_bytes(b'')
    assert list(detector.stream(tmp_path, 2, lambda *args: None)) == []


@pytest.mark.parametrize(('image', 'error', 'message'), [
    (np.zeros((4, 5, 3), np.float32), ValueError, r'image 0 is an array \(4, 5, 3\) of float32: an image is a path,'),
    (np.zeros((0, 5, 3), np.uint8), ValueError, r'image 0 is an array \(0, 5, 3\) of uint8: an image is a path,'),
    (None, TypeError, r'image 0 is None, which is what cv2\.imread gives for a file that it cannot read: an image is'),
    ('', ValueError, 'the path of an image is empty'),
])
def test_what_is_no_image(detector, image, error, message):
    with pytest.raises(error, match=message):
        detector([image])


def test_images_of_all_kinds(detector, tmp_path):
    picture = painted()
    path = save(picture, tmp_path / 'a.png')
    sources = [picture, path, path.read_bytes(), Image.fromarray(picture[..., ::-1]),
               np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]), picture[..., 0]]
    found = detector(sources)
    assert [one.image for one in found] == [0, str(path), 2, 3, 4, 5]
    for one in found[1:]:
        np.testing.assert_allclose(one.polygons, found[0].polygons, atol=0.1)


def test_missing_path(detector, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there is no image file or folder .*nowhere'):
        detector(tmp_path / 'nowhere')


@pytest.mark.parametrize('batch_size', [0, -1])
def test_batch_size(detector, batch_size):
    with pytest.raises(ValueError, match=f'the batch size is a positive number, got {batch_size}'):
        detector(painted(), batch_size)


# --- config -----------------------------------------------------------------------------------------------------------
def test_config_may_be_given_ready_and_stays_as_it_is(tmp_path):
    path, weights = write_model(tmp_path)
    config = Config.fromfile(path)
    before = config.pretty_text
    (detection,) = TextDetector(config, weights, 'cpu')(painted())
    assert_found(detection, (40, 40))
    assert config.pretty_text == before


def test_weights_count(tmp_path):
    config, _ = write_model(tmp_path)
    (detection,) = TextDetector(config, device='cpu')(painted())
    assert detection.polygons == []  # the gain is 0


def test_default_scope_of_others_stays(tmp_path):
    with DefaultScope.overwrite_default_scope('mmdet'):
        detector = TextDetector(*write_model(tmp_path), device='cpu')
        assert_found(detector(painted())[0], (40, 40))
        assert DefaultScope.get_current_instance().scope_name == 'mmdet'


def test_pipeline_without_a_data_loader(tmp_path):
    config, weights = write_model(tmp_path)
    config.write_text(config.read_text().replace('test_dataloader = ', 'unused = '))
    assert_found(TextDetector(config, weights, 'cpu')(painted())[0], (40, 40))


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ("type='LoadImageFromFile'", "type='LoadNothing'", 'the test pipeline of the config has no LoadImageFromFile'),
    ('test_pipeline', 'other', 'the config has neither test_dataloader.dataset.pipeline nor test_pipeline'),
])
def test_config_without_a_pipeline(tmp_path, old, new, message):
    config, weights = write_model(tmp_path)
    text = config.read_text().replace('test_dataloader = ', 'unused = ') if new == 'other' else config.read_text()
    config.write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=message):
        TextDetector(config, weights, 'cpu')


def test_loader_may_be_a_class(tmp_path):
    from mmocr.datasets.transforms import LoadImageFromFile, LoadOCRAnnotations
    path, weights = write_model(tmp_path)
    config = Config.fromfile(path)
    pipeline = config.test_dataloader.dataset.pipeline
    pipeline[0]['type'], pipeline[2]['type'] = LoadImageFromFile, LoadOCRAnnotations
    assert_found(TextDetector(config, weights, 'cpu')(painted())[0], (40, 40))


def test_model_of_this_project():
    """Backbone, neck and head together, random; above a threshold of 0 everything is text."""
    torch.manual_seed(0)
    postprocessor = dict(type='DBNetPPPostprocessor', text_repr_type='quad', mask_thr=0, unclip_ratio=0)
    config = Config(dict(
        model=dict(
            type='DBNet',
            data_preprocessor=dict(type='DBNetPPDataPreprocessor', mean=[0] * 3, std=[255] * 3, pad_size_divisor=32),
            backbone=dict(type='mmdet.ResNet', depth=18, base_channels=8, stem_channels=8, out_indices=(0, 1, 2, 3)),
            neck=dict(type='FPNASF', in_channels=[8, 16, 32, 64], lateral_channels=16, out_channels=8,
                      asf=dict(attention='scale_channel_spatial', inner_channels=16)),
            det_head=dict(type='DBNetPPHead', in_channels=32, postprocessor=postprocessor)),
        test_pipeline=[dict(type='LoadImageFromFile'), dict(type='Resize', scale=(100, 60)),
                       dict(type='PackTextDetInputs', meta_keys=('ori_shape', 'img_shape', 'scale_factor'))]))
    (detection,) = TextDetector(config, device='cpu')(np.zeros((120, 300, 3), np.uint8))
    np.testing.assert_allclose(detection.polygons, [[[0, 0], [297, 0], [297, 118], [0, 118]]], atol=1e-3)


# --- images that are refused ------------------------------------------------------------------------------------------
LONG = [(1, 30000), (30000, 1), (1, 30001), (2, 30000)]  # height, width
TOO_LONG = r'^image 0 of 30000 x 1 pixels is too long and narrow: nothing is left of its shorter side when'


@pytest.mark.parametrize('shape', LONG)
def test_an_image_of_which_nothing_is_left(detector, shape):
    errors = []
    found = list(detector.stream([painted(), np.zeros((*shape, 3), np.uint8), painted()], 2,
                                 lambda *args: errors.append(args)))
    assert [one.image for one in found] == [0, 2]
    ((name, error),) = errors
    assert name == 1
    assert isinstance(error, BrokenImageError)
    assert f'image 1 of {shape[1]} x {shape[0]} pixels is too long and narrow' in str(error)


def test_without_a_handler_it_is_an_error(detector):
    with pytest.raises(BrokenImageError, match=TOO_LONG):
        detector(np.zeros((1, 30000, 3), np.uint8))


def test_a_narrow_image_of_which_something_is_left(detector):
    (detection,) = detector(np.zeros((5, 3000, 3), np.uint8))
    assert (detection.polygons, detection.size) == ([], (5, 3000))


@pytest.mark.parametrize('batch_size', [1, 3])
def test_what_is_not_there_goes_to_the_handler(detector, folder, batch_size):
    (folder / 'empty').mkdir()
    missing = [folder / 'no.png', str(folder / '*.bmp'), folder / 'empty', b'%PDF-broken']
    errors = []
    sources = [folder / '0.png', missing[0], painted(), *missing[1:], folder / '1.png']
    found = list(detector.stream(sources, batch_size, lambda *args: errors.append(args)))
    assert [one.image for one in found] == [str(folder / '0.png'), 2, str(folder / '1.png')]
    assert [name for name, _ in errors] == [*map(str, missing[:3]), 6 - 1]
    assert all(type(error) is BrokenImageError for _, error in errors)
    assert str(errors[0][1]) == f'there is no image file or folder {missing[0]}'


def test_a_single_missing_file_goes_to_the_handler(detector, tmp_path):
    errors = []
    assert list(detector.stream(tmp_path / 'no.png', 1, lambda *args: errors.append(args))) == []
    assert [name for name, _ in errors] == [str(tmp_path / 'no.png')]


def test_what_is_no_image_ends_the_stream_all_the_same(detector):
    with pytest.raises(TypeError, match='image 0 is None'):
        list(detector.stream([None], 1, lambda *args: None))


def test_a_pipeline_that_fails_on_every_image_is_no_fault_of_the_image(tmp_path):
    config, weights = write_model(tmp_path)
    config.write_text(config.read_text().replace('scale=(4096, 64), keep_ratio=True', 'scale=(0, 0)'))
    with pytest.raises(cv2.error):
        TextDetector(config, weights, 'cpu')(painted())
