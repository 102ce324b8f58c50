"""ONNX files that are refused, each with one sentence; tests/export compares what they give with the model."""

import json
import pickle

import numpy as np
import onnx
import pytest
import torch
from bright_model import write_model
from ctc_model import write_ctc_recognizer
from onnx import TensorProto, helper

from dbnetpp_plugin.apis import TextDetector, export_detector, export_recognizer
from dbnetpp_plugin.deploy import OnnxNetwork, OnnxTextDetector, OnnxTextRecognizer, is_onnx, packages
from dbnetpp_plugin.deploy.devices import CPU, CUDA, providers_for
from dbnetpp_plugin.deploy.settings import KEY, DetectorSettings, RecognizerSettings, from_text, to_text


@pytest.fixture(scope='module')
def bright(tmp_path_factory):
    """The ONNX file of a model that takes bright for text."""
    folder = tmp_path_factory.mktemp('bright')
    export_detector(folder / 'bright.onnx', *write_model(folder))
    return folder / 'bright.onnx'


@pytest.fixture(scope='module')
def settings(bright):
    return OnnxNetwork(bright, DetectorSettings).settings


@pytest.mark.parametrize(('name', 'expected'), [
    ('a.onnx', True), ('a.ONNX', True), ('b/a.Onnx', True), ('a.pth', False), ('onnx', False), (None, False)])
def test_name_of_an_onnx_file(name, expected):
    assert is_onnx(name) == expected


def test_the_suffix_may_be_in_capitals(tmp_path):
    export_detector(tmp_path / 'A.ONNX', *write_model(tmp_path))
    assert TextDetector(weights=str(tmp_path / 'A.ONNX'))([np.zeros((64, 64, 3), np.uint8)])


def test_settings_come_back_as_they_were(settings):
    assert from_text(to_text(settings), 'a.onnx', DetectorSettings) == settings


@pytest.mark.parametrize('text', [
    '__import__("os")', '{', '[]', '{"padding": 0}', "{'default_scope': 'mmocr'}", 'null'])
def test_settings_are_data_and_never_run(text):
    with pytest.raises(ValueError, match=r'the settings in a\.onnx are damaged, or of another version .*: export the'):
        from_text(text, 'a.onnx', DetectorSettings)


@pytest.mark.parametrize(('change', 'message'), [
    (dict(format=3), r'a\.onnx are of version 3, and this dbnetpp_plugin reads version 2: export the file again'),
    (dict(kind='a recognizer'), r'a\.onnx holds a recognizer, where a detector is needed'),
    (dict(scale=[4096]), r"a\.onnx are damaged: scale of a detector is '\(4096,\)'"),
    (dict(size=[0, 32]), 'damaged: size of a detector'),
    (dict(upright='yes'), "damaged: upright of a detector is 'yes'"),
    (dict(padding=[True, 0, 0]), 'damaged: padding of a detector'),
    (dict(postprocessor={'mask_thr': 0.3}), 'damaged: postprocessor of a detector'),
    (dict(more=1), 'damaged: .* unexpected keyword argument'),
])
def test_settings_that_are_none(settings, change, message):
    with pytest.raises(ValueError, match=message):
        from_text(json.dumps({**json.loads(to_text(settings)), **change}), 'a.onnx', DetectorSettings)


def test_blank_is_one_of_the_symbols():
    with pytest.raises(ValueError, match="blank of a recognizer is '2'"):
        RecognizerSettings(height=32, min_width=None, max_width=None, width_divisor=1, size=None, divisor=32,
                           grey=False, to_float32=False, padding=(0,), symbols=('a', ''), blank=2, origin='',
                           licence='')


def test_files_without_settings_are_refused(bright, tmp_path):
    content = onnx.load(bright)
    del content.metadata_props[:]
    onnx.save(content, tmp_path / 'foreign.onnx')
    with pytest.raises(ValueError, match=r'foreign\.onnx was not written by dbnetpp_plugin'):
        OnnxTextDetector(tmp_path / 'foreign.onnx')


@pytest.mark.parametrize('share', [0.1, 0.5, 0.9])
def test_truncated_files_are_refused(bright, tmp_path, share):
    content = bright.read_bytes()
    (tmp_path / 'part.onnx').write_bytes(content[:int(share * len(content))])
    with pytest.raises(ValueError, match=r'part\.onnx is not a complete ONNX file that can be run: ') as refused:
        OnnxTextDetector(tmp_path / 'part.onnx')
    assert '\n' not in str(refused.value)


def test_files_that_are_something_else_are_refused(bright, tmp_path):
    torch.save({}, tmp_path / 'zip.onnx')
    (tmp_path / 'pickle.onnx').write_bytes(pickle.dumps({'a': 1}))
    for name in ('zip.onnx', 'pickle.onnx'):
        with pytest.raises(ValueError, match=rf'{name} is a checkpoint of PyTorch or another pickle, and no ONNX file'):
            OnnxTextDetector(tmp_path / name)
    (tmp_path / 'text.onnx').write_text('no model')
    with pytest.raises(ValueError, match=r'text\.onnx is not a complete ONNX file that can be run'):
        OnnxTextDetector(tmp_path / 'text.onnx')
    (tmp_path / 'empty.onnx').touch()
    with pytest.raises(ValueError, match=r'the ONNX file .*empty\.onnx is empty'):
        OnnxTextDetector(tmp_path / 'empty.onnx')
    for name in ('absent.onnx', '.'):
        with pytest.raises(FileNotFoundError, match='there is no ONNX file'):
            OnnxTextDetector(tmp_path / name)


@pytest.mark.parametrize(('inputs', 'output', 'what'), [
    ([('x', 4)], ('maps', 3), 'other inputs than a detector of dbnetpp_plugin, which has images of 4 axes: x '),
    ([('images', 3)], ('maps', 3), 'other inputs than a detector'),
    ([('images', 4), ('more', 1)], ('maps', 3), 'other inputs than a detector'),
    ([('images', 4)], ('maps', 4), 'other outputs than a detector of dbnetpp_plugin, which has maps of 3 axes: maps '),
])
def test_other_inputs_and_outputs_are_refused(settings, tmp_path, inputs, output, what):
    axes = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * count)
            for name, count in [*inputs, ('out', output[1])]}
    keep = int(output[1] != inputs[0][1] - 1)
    node = (helper.make_node('Identity', [inputs[0][0]], [output[0]]) if keep else
            helper.make_node('ReduceMean', [inputs[0][0]], [output[0]], keepdims=0, axes=[1]))
    result = helper.make_tensor_value_info(output[0], TensorProto.FLOAT, [None] * output[1])
    graph = helper.make_graph([node], 'other', [axes[name] for name, _ in inputs], [result])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8)
    helper.set_model_props(model, {KEY: to_text(settings)})
    onnx.save(model, tmp_path / 'other.onnx')
    with pytest.raises(ValueError, match=rf'other\.onnx has {what}'):
        OnnxTextDetector(tmp_path / 'other.onnx')


def test_a_recognizer_is_no_detector(bright, tmp_path):
    export_recognizer(tmp_path / 'ctc.onnx', *write_ctc_recognizer(tmp_path))
    with pytest.raises(ValueError, match=r'ctc\.onnx holds a recognizer, where a detector is needed'):
        OnnxTextDetector(tmp_path / 'ctc.onnx')
    with pytest.raises(ValueError, match=r'bright\.onnx holds a detector, where a recognizer is needed'):
        OnnxTextRecognizer(bright)


def test_missing_packages_are_named(bright, monkeypatch):
    monkeypatch.setattr(packages, 'find_spec', lambda name: None)
    with pytest.raises(ImportError, match='ONNX files need onnxruntime: pip install onnxruntime'):
        OnnxTextDetector(bright)


@pytest.mark.parametrize(('device', 'available', 'expected'), [
    (None, [CPU], [CPU]), ('cpu', [CUDA, CPU], [CPU]),
    (None, [CUDA, CPU], [(CUDA, {'device_id': '0', 'use_tf32': '0'}), CPU]),
    ('cuda:1', ['TensorrtExecutionProvider', CUDA, CPU], [(CUDA, {'device_id': '1', 'use_tf32': '0'}), CPU]),
])
def test_devices(device, available, expected):
    assert providers_for(device, available) == expected


@pytest.mark.parametrize(('device', 'message'), [
    ('cuda', 'there is no device cuda: the installed ONNX Runtime runs on the CPU alone'),
    ('gpu', "a device of ONNX Runtime is 'cpu', 'cuda' or 'cuda:N', got 'gpu'"),
    ('cpu:0', "got 'cpu:0'"), ('cuda:', "got 'cuda:'"),
])
def test_devices_that_are_none(device, message):
    with pytest.raises(ValueError, match=message):
        providers_for(device, [CPU])
