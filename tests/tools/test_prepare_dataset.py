"""The command line that prepares data sets."""

import runpy
from pathlib import Path

import cv2
import numpy as np
import pytest

TOOL = Path(__file__).parents[2] / 'tools' / 'prepare_dataset.py'


@pytest.fixture(scope='module')
def main():
    return runpy.run_path(str(TOOL))['main']


def test_makes_what_the_configs_read(tmp_path, main):
    images, annotations = 'ch4_training_images', 'ch4_training_localization_transcription_gt'
    for folder in (images, annotations):
        (tmp_path / 'raw' / folder).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / 'raw' / images / 'img_1.jpg'), np.zeros((5, 6, 3), np.uint8))
    (tmp_path / 'raw' / annotations / 'gt_img_1.txt').write_text('1,1,4,1,4,3,1,3,word')
    main(['icdar2015', '--root', str(tmp_path / 'raw'), '--out', str(tmp_path / 'out')])
    assert (tmp_path / 'out/textdet_train.json').is_file()
    assert (tmp_path / 'out/textdet_imgs/train/img_1.jpg').is_file()


def test_failure_is_one_sentence(tmp_path, capsys, main):
    with pytest.raises(SystemExit) as stopped:
        main(['msra_td500', '--root', str(tmp_path / 'none'), '--out', str(tmp_path / 'out')])
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert f'{tmp_path}/none holds no split to prepare' in error


def test_unknown_data_set(capsys, main):
    with pytest.raises(SystemExit):
        main(['icdar1066', '--root', '.', '--out', '.'])
    assert 'icdar2015' in capsys.readouterr().err
