"""Detectors as ONNX files: they give what the model gives, in any size, in a fixed one, and in half precision."""

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
from dbnetpp_plugin.deploy.settings import KEY, DetectorSettings
from dbnetpp_plugin.export.detector import write_detector
from dbnetpp_plugin.export.origin import Origin
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


def narrow_model(dcn: bool, attention: str) -> tuple:
    """A random DBNet++ of few channels, its maps, and its config."""
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
    return model, fused_to_maps(model), config


@pytest.mark.parametrize(('dcn', 'attention'), [(True, 'scale_channel'), (False, 'scale_channel_spatial')])
def test_any_number_of_images_of_any_size_and_deformable_convolutions(tmp_path, dcn, attention):
    model, to_maps, config = narrow_model(dcn, attention)
    write_detector(tmp_path / 'model.onnx', to_maps, model, config, Origin('', ''))
    exported = OnnxNetwork(tmp_path / 'model.onnx', DetectorSettings)
    for shape in ((1, 3, 32, 32), (3, 3, 64, 160)):
        images = torch.rand(shape) * 255
        with torch.no_grad():
            expected = to_maps(model.data_preprocessor(dict(inputs=list(images)))['inputs'])
        found = exported(images.numpy())
        assert found.shape == (shape[0], *shape[2:])
        np.testing.assert_allclose(found, expected.numpy(), rtol=0, atol=1e-4)
    assert {node.domain for node in onnx.load(tmp_path / 'model.onnx').graph.node} == {''}  # no operators of others


def test_half_precision(tmp_path):
    """Weights are half as large, and probabilities are almost the same; input and output stay float32."""
    model, to_maps, config = narrow_model(False, 'scale_channel_spatial')
    write_detector(tmp_path / 'model.onnx', to_maps, model, config, Origin('', ''), float16=True)
    content = onnx.load(tmp_path / 'model.onnx')
    assert {weight.data_type for weight in content.graph.initializer if len(weight.dims) == 4} == {
        onnx.TensorProto.FLOAT16}
    images = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1)) * 255
    with torch.no_grad():
        expected = to_maps(model.data_preprocessor(dict(inputs=list(images)))['inputs'])
    found = OnnxNetwork(tmp_path / 'model.onnx', DetectorSettings)(images.numpy())
    np.testing.assert_allclose(found, expected.numpy(), rtol=0, atol=0.02)
    assert not np.array_equal(found, expected.numpy())
    assert 'Weights and layers are float16' in (tmp_path / 'model.md').read_text()


def test_half_precision_cannot_hold_the_places_of_deformable_convolutions(tmp_path):
    model, to_maps, config = narrow_model(True, 'scale_channel')
    with pytest.raises(ValueError, match='half precision cannot hold the coordinates of deformable convolutions'):
        write_detector(tmp_path / 'model.onnx', to_maps, model, config, Origin('', ''), float16=True)
    assert not list(tmp_path.iterdir())


def test_fixed_size(bright, tmp_path):
    """A page of 128 x 192 pixels is fitted into 64 x 128: halved, and padded on the right."""
    export_detector(tmp_path / 'fixed.onnx', *bright[:2], size=(64, 128))
    shape = onnx.load(tmp_path / 'fixed.onnx').graph.input[0].type.tensor_type.shape.dim
    assert [side.dim_value for side in shape[1:]] == [3, 64, 128]
    detector = TextDetector(weights=tmp_path / 'fixed.onnx')
    found = outlines(detector([painted(), painted(20, 60)], batch_size=2))
    np.testing.assert_allclose(found, [[expected_quad()], [expected_quad(20, 60)]], atol=1e-3)
    for options in (dict(size=32), dict(max_size=64), dict(scales=(0.5, 1)), dict(tile=32)):
        with pytest.raises(ValueError, match=r'fixed\.onnx takes images of 64 x 128 pixels alone'):
            TextDetector(weights=tmp_path / 'fixed.onnx', **options)


@pytest.mark.parametrize('size', [(64, 100), (0, 64), (-32, 64)])
def test_sizes_that_a_detector_cannot_have(bright, tmp_path, size):
    with pytest.raises(ValueError, match='the size of a detector is two multiples of 32, got'):
        export_detector(tmp_path / 'fixed.onnx', *bright[:2], size=size)
    assert not list(tmp_path.iterdir())


def test_model_card(bright):
    card = bright[2].with_suffix('.md').read_text()
    for part in ('(N, 3, H, W): BGR from 0 to 255; H and W are multiples of 32', '(N, H, W)',
                 'mean 0, 0, 0 and divides by 255, 255, 255', 'Pixels above 0.3', '0.3 or more is kept', 'r = 1.5',
                 'shorter side of 64 pixels, and a longer one of 4096', 'checkpoint bright.pth, SHA-256',
                 'Licence: not stated in the checkpoint'):
        assert part in card


def test_painted_text(bright):
    detector = TextDetector(weights=bright[2])
    np.testing.assert_allclose(outlines(detector([painted()])), [[expected_quad()]], atol=1e-3)
    several = TextDetector(weights=bright[2], scales=(0.5, 1.0))
    assert [len(polygons) for polygons in outlines(several([painted()]))] == [1]


@pytest.mark.parametrize(('change', 'message'), [
    (lambda config: config.test_pipeline.insert(1, dict(type='PadToWidth', width=64)),
     'loads, resizes by Resize and packs, and this one has PadToWidth, Resize, PackTextDetInputs'),
    (lambda config: config.test_pipeline[1].update(interpolation='bicubic'), "with interpolation='bilinear' alone"),
    (lambda config: config.test_pipeline[1].pop('scale') and config.test_pipeline[1].update(scale_factor=0.5),
     'whose Resize has a scale'),
    (lambda config: config.model.det_head.postprocessor.update(type='DBPostprocessor'),
     'can keep a DBNetPPPostprocessor, and this model has DBPostprocessor'),
    (lambda config: config.model.det_head.postprocessor.update(rescale_fields=None), 'gives pixels of the map'),
])
def test_what_a_file_cannot_keep(bright, change, message):
    config = Config.fromfile(bright[0])
    change(config)
    config.test_dataloader.dataset.pipeline = config.test_pipeline
    with pytest.raises(ValueError, match=message):
        export_detector(bright[2].with_name('other.onnx'), config, bright[1])
    assert not bright[2].with_name('other.onnx').exists()


@pytest.mark.parametrize(('options', 'message'), [
    (dict(precision='bfloat16'), 'the precision that it was written with'),
    (dict(device='cuda'), 'there is no device cuda: the installed ONNX Runtime runs on the CPU alone'),
    (dict(device='gpu'), "a device of ONNX Runtime is 'cpu', 'cuda' or 'cuda:N', got 'gpu'"),
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
