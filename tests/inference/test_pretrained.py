"""The detector and the recognizer that come with the package: found, loaded, and able to read."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont
from skimage import data as photographs

from dbnetpp_plugin.apis import TextDetector, TextReader
from dbnetpp_plugin.apis.text_recognizer import TextRecognizer
from dbnetpp_plugin.config import load_config, own_config
from dbnetpp_plugin.inference.pretrained import DETECTOR, READING_DETECTOR, RECOGNIZER, pretrained_model


def page(*lines: str) -> np.ndarray:
    """Black words on light grey, 640 x 480."""
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / 'fonts' / 'ttf' / 'DejaVuSerif.ttf'), 40)
    image = Image.new('RGB', (640, 480), (215, 215, 215))
    for index, line in enumerate(lines):
        ImageDraw.Draw(image).text((60, 70 + 110 * index), line, (25, 25, 25), font)
    return np.array(image)


@pytest.mark.parametrize('name', [DETECTOR, READING_DETECTOR, RECOGNIZER])
def test_configs_are_there_and_start_from_the_weights_that_belong_to_them(name):
    config, weights = pretrained_model(name)
    assert config.name == f'{name}.py'
    assert load_config(config).model.init_cfg.checkpoint == weights


def test_both_fit_their_models_to_the_last_parameter(caplog):
    with caplog.at_level('WARNING', logger='mmengine'):
        TextDetector(device='cpu')
        TextRecognizer(device='cpu')
    assert not caplog.records


def test_a_plain_page_is_read():
    (reading,) = TextReader(device='cpu')(page('READ ME', 'first'))
    assert reading.texts == ['READ ME', 'first']
    assert (reading.scores > 0.5).all()
    assert (reading.text_scores > 0.5).all()


def test_another_checkpoint_for_the_config_of_the_package(tmp_path):
    torch.save({'state_dict': {'nothing': torch.zeros(1)}}, tmp_path / 'other.pth')
    for build in (TextDetector, TextRecognizer):
        with pytest.raises(ValueError, match=r'other\.pth are of another model'):
            build(weights=tmp_path / 'other.pth', device='cpu')


@pytest.mark.parametrize('name', ['dbnet_r18_ic15', 'synthetic/dbnetpp_r18_synth', 'ablations/dbnet_r18_td500_no_db'])
def test_configs_are_found_by_name_and_folder(name):
    assert own_config(name).parts[-1 - name.count('/'):] == tuple(f'{name}.py'.split('/'))


def test_missing_config_says_where_it_was_looked_for():
    with pytest.raises(FileNotFoundError, match=r'the config nothing\.py is neither in '):
        own_config('nothing')


def test_the_detector_finds_lines_of_a_photograph():
    """A page of print, photographed askew: its lines are found one by one."""
    page = np.repeat(photographs.page()[..., None], 3, axis=2)
    (found,) = TextDetector(device='cpu')(page)
    assert len(found.polygons) == 7
    assert (found.scores > 0.6).mean() > 0.8
    assert pretrained_model(DETECTOR).weights == 'ppocr://PP-OCRv6_small_det'
