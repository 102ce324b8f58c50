"""Recognizers as ONNX files: they say what the model says, of crops of any length and of a fixed one."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from ctc_model import write_ctc_recognizer
from mmengine.config import Config
from reading_models import write_recognizer

from dbnetpp_plugin.apis import TextDetector, TextRecognizer, export_recognizer
from dbnetpp_plugin.cli.main import run_command
from dbnetpp_plugin.deploy import OnnxNetwork, OnnxTextRecognizer
from dbnetpp_plugin.deploy.settings import RecognizerSettings
from dbnetpp_plugin.reading.crops import crop_polygon

ROOT = Path(__file__).parents[2]
BGR = {'B': (255, 0, 0), 'G': (0, 255, 0), 'R': (0, 0, 255), ' ': (0, 0, 0)}


@pytest.fixture(scope='module')
def ctc(tmp_path_factory):
    """Config and weights of a recognizer of colours, and the ONNX file of it."""
    folder = tmp_path_factory.mktemp('ctc')
    config, weights = write_ctc_recognizer(folder)
    export_recognizer(folder / 'ctc.onnx', config, weights)
    return config, weights, folder / 'ctc.onnx'


def striped(letters: str, height: int = 32) -> np.ndarray:
    return np.concatenate([np.full((height, height // 2, 3), BGR[letter], np.uint8) for letter in letters], axis=1)


def test_the_recognizer_of_the_package_reads_the_same(tmp_path):
    """With attention over all columns; lines of several lengths are padded, and read together."""
    export_recognizer(tmp_path / 'recognizer.onnx')
    detector = TextDetector(device='cpu')
    photograph = detector.read(ROOT / 'docs' / 'demo.jpg')
    crops = [crop_polygon(photograph, polygon, margin=0.1) for polygon in detector([photograph[:200]])[0].polygons]
    expected = TextRecognizer(device='cpu')(crops, words=True)
    found = OnnxTextRecognizer(tmp_path / 'recognizer.onnx')(crops, words=True)
    assert len(crops) >= 4
    assert [one.text for one in found] == [one.text for one in expected]
    np.testing.assert_allclose([one.score for one in found], [one.score for one in expected], atol=1e-4)
    assert [[word.text for word in one.words] for one in found] == [[word.text for word in one.words]
                                                                    for one in expected]
    assert 'Apache-2.0, Copyright PaddlePaddle Authors' in (tmp_path / 'recognizer.md').read_text()


def test_crops_of_any_length(ctc):
    letters = ['R', 'RG', 'BGR', 'RBRBRBRBR', 'G B', '  ']
    crops = [striped(text, height) for text, height in zip(letters, (32, 64, 32, 48, 32, 32), strict=True)]
    found = OnnxTextRecognizer(ctc[2])(crops, batch_size=2)
    assert [one.text for one in found] == [text.replace(' ', '') for text in letters]
    expected = TextRecognizer(*ctc[:2], 'cpu')(crops)
    np.testing.assert_allclose([one.score for one in found], [one.score for one in expected], atol=1e-6)
    # exp(20) against exp(0), exp(0) and exp(5) of the blank.
    assert found[0].score == pytest.approx(1 / (1 + 2 * np.exp(-20) + np.exp(-15)), abs=1e-6)


def test_both_classes_give_the_same(ctc):
    crops = [striped('RGB'), striped('BG', 40)]
    assert TextRecognizer(weights=ctc[2])(crops, words=True) == OnnxTextRecognizer(ctc[2])(crops, words=True)
    with pytest.raises(ValueError, match=r'ctc\.onnx holds its config'):
        TextRecognizer('CRNN', ctc[2])
    with pytest.raises(ValueError, match='has the precision that it was written with'):
        TextRecognizer(weights=ctc[2], precision='float16')


def test_symbols_and_settings_are_in_the_file(ctc):
    settings = OnnxNetwork(ctc[2], RecognizerSettings).settings
    assert settings.symbols == ('B', 'G', 'R', '<PAD>')
    assert (settings.blank, settings.height, settings.divisor, settings.padding) == (3, 32, 32, (0, 0, 0))
    card = ctc[2].with_suffix('.md').read_text()
    for part in ('(N, 3, 32, W): BGR from 0 to 255; W is a multiple of 32', '(N, T, 4)', 'Class 3 is the blank',
                 'at least 16 pixels'):
        assert part in card


def test_fixed_size(ctc, tmp_path):
    """What is shorter is padded, and what is longer squeezed: each letter of eight then takes half a column."""
    export_recognizer(tmp_path / 'fixed.onnx', *ctc[:2], size=(32, 64))
    shape = onnx.load(tmp_path / 'fixed.onnx').graph.input[0].type.tensor_type.shape.dim
    assert [side.dim_value for side in shape[1:]] == [3, 32, 64]
    found = OnnxTextRecognizer(tmp_path / 'fixed.onnx')([striped('RG'), striped('RGBR'), striped('RRGGBBRR')])
    assert [one.text for one in found] == ['RG', 'RGBR', 'RGBR']


@pytest.mark.parametrize('size', [(48, 64), (32, 65), (32, 0)])
def test_sizes_that_a_recognizer_cannot_have(ctc, tmp_path, size):
    with pytest.raises(ValueError, match='is a height of 32 and a width that 32 divides, got'):
        export_recognizer(tmp_path / 'fixed.onnx', *ctc[:2], size=size)


def test_half_precision(ctc, tmp_path):
    export_recognizer(tmp_path / 'half.onnx', *ctc[:2], float16=True)
    (found,) = OnnxTextRecognizer(tmp_path / 'half.onnx')([striped('RGB')])
    assert found.text == 'RGB'
    assert found.score == pytest.approx(1, abs=1e-2)


def test_what_a_file_cannot_keep(ctc, tmp_path):
    with pytest.raises(ValueError, match='ColorReader has no CTC, and only recognizers with CTC are exported'):
        export_recognizer(tmp_path / 'a.onnx', *write_recognizer(tmp_path))
    config = Config.fromfile(ctc[0])
    config.model.decoder.postprocessor.ignore_chars = ['padding', 'R']
    with pytest.raises(ValueError, match='that ignores the blank alone'):
        export_recognizer(tmp_path / 'a.onnx', config, ctc[1])
    with pytest.raises(ValueError, match=r'ends in \.onnx, got a\.pb'):
        export_recognizer('a.pb')


def test_command_line_sees_what_the_config_is_for(ctc, tmp_path, capsys):
    options = ['--config', str(ctc[0]), '--weights', str(ctc[1])]
    run_command('export', [str(tmp_path / 'a.onnx'), *options, '--size', '32', '96'])
    assert OnnxNetwork(tmp_path / 'a.onnx', RecognizerSettings).settings.size == (32, 96)
    with pytest.raises(SystemExit) as ended:
        run_command('export', [str(tmp_path / 'b.onnx'), *options, '--task', 'detection'])
    assert ended.value.code == 2
    assert 'ctc.py is for recognition' in capsys.readouterr().err
