"""Detectors as ONNX files: what they give is what the model gives, and files of others are refused."""

import logging
import runpy
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from bright_model import expected_quad, painted, save, write_model
from mmengine.config import Config
from mmocr.registry import MODELS

from dbnetpp_plugin.apis import TextDetector, export_detector
from dbnetpp_plugin.deploy import OnnxNetwork
from dbnetpp_plugin.deploy.settings import KEY
from dbnetpp_plugin.export import onnx as onnx_export
from dbnetpp_plugin.inference.map_network import fused_to_maps

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='module')
def bright(tmp_path_factory):
    """Config and weights of a model that takes bright for text, and the ONNX file of it."""
    folder = tmp_path_factory.mktemp('bright')
    config, weights = write_model(folder)
    export_detector(folder / 'bright.onnx', config, weights)
    return config, weights, folder / 'bright.onnx'


def outlines(detections):
    return [np.array(detection.polygons) for detection in detections]


def test_the_detector_of_the_package_finds_the_same(tmp_path):
    """Normalisation, the order of colours, resizing and padding are the same, also of images of two sizes at once."""
    export_detector(tmp_path / 'detector.onnx')
    photograph = TextDetector(device='cpu').read(ROOT / 'docs' / 'demo.jpg')
    images = [photograph[:240, :400], photograph[:300, :300]]
    expected = TextDetector(device='cpu')(images, batch_size=2)
    found = TextDetector(weights=tmp_path / 'detector.onnx')(images, batch_size=2)
    assert sum(len(detection.polygons) for detection in expected) >= 4
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.array(ours.polygons), np.array(theirs.polygons), atol=0.05)
        np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-3)


@pytest.mark.parametrize(('dcn', 'attention'), [(True, 'scale_channel'), (False, 'scale_channel_spatial')])
def test_any_number_of_images_of_any_size_and_deformable_convolutions(tmp_path, dcn, attention):
    config = Config.fromfile(ROOT / 'configs' / 'synthetic' / 'dbnetpp_r18_dcnv2_narrow_synth.py')
    config.model.backbone.update(base_channels=4, stem_channels=4, stage_with_dcn=(False, False, False, True))
    config.model.neck.update(in_channels=[4, 8, 16, 32])
    config.model.neck.asf.attention = attention
    if not dcn:
        config.model.backbone.update(dcn=None, stage_with_dcn=(False,) * 4)
    torch.manual_seed(0)
    model = MODELS.build(config.model).eval()
    model.init_weights()
    for name, parameter in model.named_parameters():
        if 'conv_offset' in name:
            torch.nn.init.normal_(parameter, std=0.2)
    to_maps = fused_to_maps(model)
    onnx_export.export_onnx(to_maps, model.data_preprocessor, config, tmp_path / 'model.onnx')
    exported = OnnxNetwork(tmp_path / 'model.onnx')
    for shape in ((1, 3, 32, 32), (3, 3, 64, 160)):
        images = torch.rand(shape) * 255
        with torch.no_grad():
            expected = to_maps(model.data_preprocessor(dict(inputs=list(images)))['inputs'])
        found = exported(images.numpy())
        assert found.shape == (shape[0], *shape[2:])
        np.testing.assert_allclose(found, expected.numpy(), rtol=0, atol=1e-4)
    assert {node.domain for node in onnx.load(tmp_path / 'model.onnx').graph.node} == {''}  # no operators of others


def test_painted_text(bright):
    detector = TextDetector(weights=bright[2])
    np.testing.assert_allclose(outlines(detector([painted()])), [[expected_quad()]], atol=1e-3)
    several = TextDetector(weights=bright[2], scales=(0.5, 1.0))
    assert [len(polygons) for polygons in outlines(several([painted()]))] == [1]


def test_what_a_config_does_not_keep(bright):
    config = Config.fromfile(bright[0])
    config.test_dataloader.dataset.pipeline[0]['transforms'] = Path
    with pytest.raises(ValueError, match='must be made of numbers, text, lists and dicts'):
        export_detector(bright[2].with_name('other.onnx'), config, bright[1])


@pytest.mark.parametrize(('options', 'message'), [
    (dict(precision='bfloat16'), 'the precision that it was written with'),
    (dict(device='cuda'), 'runs on the CPU'),
    (dict(config='bright.py'), 'holds its config'),
])
def test_options_that_a_file_does_not_have(bright, options, message):
    with pytest.raises(ValueError, match=message):
        TextDetector(weights=bright[2], **options)


def test_a_difference_is_an_error_and_leaves_no_file(bright, tmp_path, monkeypatch):
    monkeypatch.setattr(OnnxNetwork, '__call__', lambda self, images: np.zeros((len(images), *images.shape[2:])))
    with pytest.raises(ValueError, match='differs from the model by'):
        export_detector(tmp_path / 'bright.onnx', *bright[:2])
    assert not list(tmp_path.iterdir())


def test_the_logger_of_the_exporter_keeps_its_level(bright):
    logger = logging.getLogger('torch.onnx')
    level = logger.level
    export_detector(bright[2].with_name('again.onnx'), *bright[:2])
    assert logger.level == level


def test_command_lines(bright, tmp_path, capsys):
    config, weights, _ = map(str, bright)
    export, detect = (runpy.run_path(str(ROOT / 'tools' / f'{name}.py'))['main'] for name in ('export_onnx', 'detect'))
    out = tmp_path / 'new' / 'bright.onnx'
    export([str(out), '--config', config, '--weights', weights])
    assert {entry.key for entry in onnx.load(out).metadata_props} >= {KEY}
    save(painted(), tmp_path / 'photo.png')
    assert detect([str(tmp_path / 'photo.png'), '--weights', str(out), '--out-dir', str(tmp_path / 'out')]) == 0
    assert len((tmp_path / 'out' / 'results.jsonl').read_text().splitlines()) == 1
    with pytest.raises(SystemExit) as ended:
        export([str(tmp_path / 'bright.pb'), '--config', config, '--weights', weights])
    assert ended.value.code == 1
    assert 'the name of an ONNX file ends in .onnx' in capsys.readouterr().err
