"""ONNX files that are run, and files that are refused; tests/export compares what they give with the model."""

import onnx
import pytest
from bright_model import write_model

from dbnetpp_plugin.apis import TextDetector, export_detector
from dbnetpp_plugin.deploy import OnnxNetwork, is_onnx, packages
from dbnetpp_plugin.deploy.settings import from_text


@pytest.fixture(scope='module')
def bright(tmp_path_factory):
    """The ONNX file of a model that takes bright for text."""
    folder = tmp_path_factory.mktemp('bright')
    export_detector(folder / 'bright.onnx', *write_model(folder))
    return folder / 'bright.onnx'


@pytest.mark.parametrize(('name', 'expected'), [
    ('a.onnx', True), ('a.ONNX', True), ('b/a.Onnx', True), ('a.pth', False), ('onnx', False), (None, False)])
def test_name_of_an_onnx_file(name, expected):
    assert is_onnx(name) == expected


def test_the_suffix_may_be_in_capitals(bright, tmp_path):
    export_detector(tmp_path / 'A.ONNX', *write_model(tmp_path))
    assert (tmp_path / 'A.ONNX').is_file()
    assert TextDetector(weights=str(tmp_path / 'A.ONNX')).config.test_pipeline


@pytest.mark.parametrize('text', ['__import__("os")', '{', '[]', '{"padding": 0}'])
def test_settings_are_data_and_never_run(text):
    with pytest.raises(ValueError, match=r'the settings in a\.onnx are damaged'):
        from_text(text, 'a.onnx')


def test_files_of_others_are_refused(bright, tmp_path):
    content = onnx.load(bright)
    del content.metadata_props[:]
    onnx.save(content, tmp_path / 'foreign.onnx')
    with pytest.raises(ValueError, match=r'foreign\.onnx was not written by dbnetpp_plugin'):
        OnnxNetwork(tmp_path / 'foreign.onnx')
    (tmp_path / 'text.onnx').write_text('no model')
    with pytest.raises(ValueError, match=r'text\.onnx is not an ONNX file that can be run'):
        OnnxNetwork(tmp_path / 'text.onnx')
    with pytest.raises(FileNotFoundError, match='there is no ONNX file'):
        OnnxNetwork(tmp_path / 'absent.onnx')


def test_missing_packages_are_named(bright, monkeypatch):
    monkeypatch.setattr(packages, 'find_spec', lambda name: None)
    with pytest.raises(ImportError, match='ONNX files need onnxruntime: pip install onnxruntime'):
        OnnxNetwork(bright)
