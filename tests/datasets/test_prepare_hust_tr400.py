"""HUST-TR400: lines of index difficult x y w h theta transcription."""

import numpy as np
import pytest
from prepare_samples import save_image, save_text

from dbnetpp_plugin.annotations.mmocr_json import read_annotations, validate_annotations
from dbnetpp_plugin.annotations.td500 import turned_box
from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.hust_tr400 import parse, prepare


def test_lines(tmp_path):
    lines = '0 0 10 20 30 8 0.0 Wellington  Park \r\n1 1 10 20 30 8 0.5 x\r\n2 0 10 20 30 8 -0.5\r\n'
    plain, difficult, silent = parse(save_text(tmp_path / 'IMG_0001.gt', lines))
    assert plain == {
        'polygon': [10, 20, 40, 20, 40, 28, 10, 28], 'bbox': [10, 20, 40, 28], 'bbox_label': 0, 'ignore': False,
        'text': 'Wellington  Park'}
    assert (difficult['ignore'], difficult['text']) == (True, 'x')
    np.testing.assert_array_equal(difficult['polygon'], turned_box(10, 20, 30, 8, 0.5))
    assert silent['text'] == ''


@pytest.mark.parametrize('line', ['0 0 10 20 30 8', '0 0 10 20 30 Park 0.1', '0 2 10 20 30 8 0.1 a', 'a 0 1 2 3 4 0 a'])
def test_wrong_line_is_named(tmp_path, line):
    file = save_text(tmp_path / 'IMG_1.gt', f'0 0 10 20 30 8 0.0 a\n{line}\n')
    with pytest.raises(ValueError, match=rf'IMG_1\.gt, line 2: expected index .* theta transcription, got {line!r}'):
        parse(file)


@pytest.mark.parametrize('folder', ['.', 'HUST-TR400'])
def test_layout(tmp_path, folder, log):
    save_image(tmp_path / folder / 'IMG_0001.jpg', (60, 40))
    save_text(tmp_path / folder / 'IMG_0001.gt', '0 0 10 20 30 8 0.0 a\n')
    assert prepare(tmp_path, tmp_path / 'out') == {'train': Summary(1, 1, 0)}
    assert log[-1] == 'WARNING: train: 1 images, officially 400'


def test_whole_real_annotation(real_data, tmp_path, log):
    """The images are not there; blank ones stand in for them."""
    files = sorted((real_data / 'hust_tr400').glob('*.gt'))
    for file in files:
        save_text(tmp_path / 'raw' / file.name, file.read_bytes())
        save_image(tmp_path / 'raw' / f'{file.stem}.jpg', (8, 8))
    assert len(files) == 400
    assert prepare(tmp_path / 'raw', tmp_path / 'out') == {'train': Summary(400, 1031, 25)}
    assert log[-1] == 'INFO: train: 400 images, 1031 instances, 25 of them ignored'
    data = read_annotations(tmp_path / 'out/textdet_train.json')
    assert validate_annotations(data, 'a') == []
    assert all(instance['text'] for entry in data['data_list'] for instance in entry['instances'])
