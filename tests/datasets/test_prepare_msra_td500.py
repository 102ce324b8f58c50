"""MSRA-TD500: lines of index difficult x y w h theta."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.annotations.mmocr_json import read_annotations
from dbnetpp_plugin.annotations.td500 import turned_box
from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.msra_td500 import parse, prepare


def test_box_that_is_not_turned():
    assert turned_box(10, 20, 30, 8, 0.0) == [10, 20, 40, 20, 40, 28, 10, 28]


def test_quarter_turn_is_clockwise():
    # About the centre (25, 24): the top left corner (-15, -4) goes to (4, -15), the top right one to (4, 15).
    np.testing.assert_allclose(turned_box(10, 20, 30, 8, math.pi / 2), [29, 9, 29, 39, 21, 39, 21, 9], atol=1e-12)


@given(*[st.floats(1, 1000)] * 4, st.floats(-math.pi / 4, math.pi / 4))
def test_turned_box_against_opencv(x, y, width, height, theta):
    polygon = np.reshape(turned_box(x, y, width, height, theta), (4, 2))
    matrix = cv2.getRotationMatrix2D((x + width / 2, y + height / 2), -math.degrees(theta), 1)
    upright = np.array([[x, y, 1], [x + width, y, 1], [x + width, y + height, 1], [x, y + height, 1]])
    # OpenCV keeps the centre in single precision.
    np.testing.assert_allclose(polygon, upright @ matrix.T, atol=1e-3)


def write(tmp_path, text):
    file = tmp_path / 'IMG_1.gt'
    file.write_text(text)
    return file


def test_lines(tmp_path):
    easy, difficult = parse(write(tmp_path, '0 0 10 20 30 8 0.0\r\n1 1 10 20 30 8 1.5707963267948966 \r\n'))
    assert easy == {
        'polygon': [10, 20, 40, 20, 40, 28, 10, 28], 'bbox': [10, 20, 40, 28], 'bbox_label': 0, 'ignore': False,
        'text': ''}
    assert difficult['ignore'] is True
    np.testing.assert_allclose(difficult['bbox'], [21, 9, 29, 39])


def test_empty_file(tmp_path):
    assert parse(write(tmp_path, '\n')) == []


@pytest.mark.parametrize('line', [
    '0 0 10 20 30 8', '0 0 10 20 30 8 0.1 9', '0 2 10 20 30 8 0.1', '0 0 10 20 30 8 nan', '0 0 10 20 x 8 0.1', '0'])
def test_wrong_line_is_named(tmp_path, line):
    with pytest.raises(ValueError, match=rf'IMG_1\.gt, line 2: expected index difficult x y w h theta, got {line!r}'):
        parse(write(tmp_path, f'0 0 10 20 30 8 0.0\n{line}\n'))


def test_whole_real_data_set(real_data, tmp_path):
    source = real_data / 'msra_td500'
    assert prepare(source, tmp_path) == {
        'train': Summary(images=300, instances=1068, ignored=101),
        'test': Summary(images=200, instances=651, ignored=69),
    }
    entries = read_annotations(tmp_path / 'textdet_test.json')['data_list']
    assert sum(not entry['instances'] for entry in entries) == 3
    # These two ask viewers to turn them; their boxes belong to the image as it is stored.
    for name in ('IMG_2120.JPG', 'IMG_2177.JPG'):
        entry = next(entry for entry in entries if entry['img_path'] == f'textdet_imgs/test/{name}')
        image = cv2.imread(str(tmp_path / entry['img_path']))
        assert image.shape == (entry['height'], entry['width'], 3) == (1200, 1600, 3)
        original = cv2.imread(str(source / 'test' / name), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        np.testing.assert_array_equal(image, original)


def test_folder_inside_the_unpacked_archive(tmp_path):
    for name in ('train', 'test'):
        folder = tmp_path / 'raw/MSRA-TD500' / name
        folder.mkdir(parents=True)
        cv2.imwrite(str(folder / 'IMG_1.JPG'), np.zeros((5, 6, 3), np.uint8))
        (folder / 'IMG_1.gt').write_text('0 0 1 1 3 2 0.0\n')
    assert prepare(tmp_path / 'raw', tmp_path / 'out') == {
        'train': Summary(1, 1, 0), 'test': Summary(1, 1, 0)}
