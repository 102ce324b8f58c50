"""The recognizers of PP-OCR beside ONNX Runtime, on words cut out of photographs; runs where the photographs are."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from mmengine.dataset import pseudo_collate

from dbnetpp_plugin.apis.text_recognizer import TextRecognizer
from dbnetpp_plugin.config import own_config
from dbnetpp_plugin.images.loading import read_image
from dbnetpp_plugin.inference.ppocr_weights import PUBLISHED, published_file
from dbnetpp_plugin.inference.recognition import TorchRecognition
from dbnetpp_plugin.reading.crops import crop_polygon
from dbnetpp_plugin.reading.ctc import best_path

COUNT = 200
TIE = 1e-4


@pytest.fixture(scope='module')
def crops(real_data: Path) -> list[np.ndarray]:
    """Words of photographs, as far as they can be read."""
    folder = real_data / 'icdar2015'
    found: list[np.ndarray] = []
    for number in range(1, 400):
        lines = (folder / 'ch4_training_localization_transcription_gt' / f'gt_img_{number}.txt').read_text('utf-8-sig')
        image = read_image(folder / 'ch4_training_images' / f'img_{number}.jpg')
        for line in lines.splitlines():
            *numbers, text = line.split(',', 8)
            if text != '###':
                found.append(crop_polygon(image, list(map(float, numbers)), ordered=True))
        if len(found) >= COUNT:
            return found[:COUNT]
    raise AssertionError('too few words')


@pytest.mark.parametrize('name', [name for name in PUBLISHED if name.endswith('_rec')])
def test_texts_and_scores_are_those_of_onnx_runtime(name, crops):
    """Each crop goes to both with the same padding."""
    ours = TextRecognizer(own_config(PUBLISHED[name].config), f'ppocr://{name}', 'cpu')
    preparing = TorchRecognition(ours.model, ours.config, 'float32')
    theirs = onnxruntime.InferenceSession(str(published_file(name)), providers=['CPUExecutionProvider'])
    symbols = ours.model.decoder.dictionary.dict
    ties = 0
    for crop, found in zip(crops, ours(crops), strict=True):
        batch = ours.model.data_preprocessor(pseudo_collate([preparing.prepare(crop)]))
        (probabilities,) = theirs.run(None, {theirs.get_inputs()[0].name: batch['inputs'].numpy()})[0]
        path = best_path(probabilities, blank=0)
        text = ''.join(symbols[index - 1] for index in path.classes)
        if text != found.text:
            first, second = np.sort(probabilities, axis=1)[:, :-3:-1].T
            assert (first - second).min() < TIE, f'{found.text!r} for {text!r}'
            ties += 1
        elif text:
            assert found.score == pytest.approx(path.scores.mean(), abs=TIE)
    assert ties <= 2
    assert sum(bool(found.text) for found in ours(crops[:20])) > 15
