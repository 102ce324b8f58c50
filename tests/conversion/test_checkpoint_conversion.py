"""Checkpoint files: what is read, what is refused, and that what is written loads without a word."""

import logging
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.runner import load_checkpoint
from official_model import OfficialModel, official_shapes
from random_weights import random_state

from dbnetpp_plugin.conversion.checkpoint import convert_checkpoint, differing_settings, settings_of
from dbnetpp_plugin.inference.model_building import build_model

CONFIG = Path(__file__).parents[2] / 'configs/dbnet_r18_dcnv2_td500.py'
WIDE_CONFIG = Path(__file__).parents[2] / 'configs/dbnetpp_r18_dcnv2_td500.py'


@pytest.fixture(scope='module')
def official(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp('official') / 'td500_resnet18'
    torch.save(random_state(official_shapes(18, True, None)), file)
    return file


@pytest.fixture
def warned(caplog):
    """Messages of mmengine's logger above the level of information; it does not pass them on to pytest by itself."""
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    yield lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    logger.removeHandler(caplog.handler)


@torch.no_grad()
@pytest.mark.filterwarnings('error::UserWarning')
def test_written_file_loads_without_a_word(official, tmp_path, warned, capsys):
    target = tmp_path / 'new' / 'weights.pth'
    converted = convert_checkpoint(official, target, 'official', CONFIG)
    model = build_model(Config.fromfile(CONFIG), target, 'cpu')
    images = torch.randn(1, 3, 64, 64)
    expected = OfficialModel(torch.load(official, weights_only=True)).probability(images)
    torch.testing.assert_close(model(images, mode='tensor'), expected, rtol=0, atol=1e-4)

    for values in model.state_dict().values():
        values.zero_()
    load_checkpoint(model, str(target), map_location='cpu')  # as mmengine's runner does for load_from
    torch.testing.assert_close(dict(model.state_dict()), converted.state_dict)
    assert warned() == []
    assert 'do not match' not in capsys.readouterr().out


def test_meta_says_where_it_came_from(official, tmp_path):
    converted = convert_checkpoint(official, tmp_path / 'weights.pth', 'official')
    checkpoint = torch.load(tmp_path / 'weights.pth', weights_only=True)
    assert set(checkpoint) == {'state_dict', 'meta'}
    meta = checkpoint['meta']
    assert (meta['converted_from'], meta['source']) == ('the official code', str(official))
    assert meta['left_out'] == converted.left_out
    assert meta['left_out']['model.module.backbone.fc.bias'].startswith('classifier of ImageNet')
    assert meta['settings']['model.backbone.dcn.offset_layout'] == 'dense'


def test_entries_of_a_training_are_left_out_and_named(tmp_path):
    state = {'backbone.conv1.weight': torch.zeros(64, 3, 7, 7)}
    torch.save(dict(state_dict=state, optimizer={}, ema_state_dict={}, meta={}, notes='x'), tmp_path / 'in.pth')
    converted = convert_checkpoint(tmp_path / 'in.pth', tmp_path / 'out.pth', 'mmocr')
    assert list(converted.state_dict) == ['backbone.conv1.weight']
    assert converted.left_out == {
        'optimizer': 'state of a training',
        'ema_state_dict': 'second copy of the weights; state_dict has those that were evaluated',
        'meta': 'description of a training',
        'notes': 'no weights of the model'}


def edited(official: Path, folder: Path, edit) -> Path:
    state = torch.load(official, weights_only=True)
    edit(state)
    torch.save(state, folder / 'edited.pth')
    return folder / 'edited.pth'


NAME = 'model.module.decoder.binarize.6.bias'


@pytest.mark.parametrize(('edit', 'message'), [
    (lambda state: state.pop(NAME), 'it lacks 1 parameters of the model: det_head.binarize.6.bias'),
    (lambda state: state.update({'backbone.layer4.2.conv1.weight': torch.zeros(1)}),
     'it has 1 parameters that the model does not have: backbone.layer4.2.conv1.weight'),
    (lambda state: state.update({NAME: torch.zeros(2)}),
     r'det_head.binarize.6.bias has shape \(2,\), and \(1,\) in the model'),
    (lambda state: state.update({'teacher.weight': torch.zeros(2)}), '1 of 175 parameters are not those of a DBNet'),
    (lambda state: state.clear(), 'it holds no model weights'),
], ids=['missing', 'unexpected', 'shape', 'unknown', 'empty'])
def test_what_does_not_fit_is_refused_and_nothing_written(official, tmp_path, edit, message):
    source = edited(official, tmp_path, edit)
    with pytest.raises(ValueError, match=f'^{source} was not converted: {message}'):
        convert_checkpoint(source, tmp_path / 'out.pth', 'official', CONFIG)
    assert not (tmp_path / 'out.pth').exists()


def test_config_of_another_model_is_refused(official, tmp_path):
    with pytest.raises(ValueError, match=r'it lacks 7 parameters of the model: neck\.asf_conv\.conv\.weight'):
        convert_checkpoint(official, tmp_path / 'out.pth', 'official', WIDE_CONFIG)


def test_source_is_not_written_over(official):
    with pytest.raises(ValueError, match='would be written over itself: give another file to write'):
        convert_checkpoint(official, official, 'official')


def test_unknown_layout_is_refused(official, tmp_path):
    with pytest.raises(ValueError, match="converted from mmocr or official, got 'paddle'"):
        convert_checkpoint(official, tmp_path / 'out.pth', 'paddle')


def test_missing_and_unsafe_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no weights file'):
        convert_checkpoint(tmp_path / 'none.pth', tmp_path / 'out.pth', 'mmocr')
    torch.save(dict(state_dict=Path('x')), tmp_path / 'unsafe.pth')
    with pytest.raises(ValueError, match='is not a checkpoint that can be loaded safely'):
        convert_checkpoint(tmp_path / 'unsafe.pth', tmp_path / 'out.pth', 'mmocr')


def test_only_settings_that_differ_from_the_config(official, tmp_path):
    converted = convert_checkpoint(official, tmp_path / 'out.pth', 'official')
    config = Config.fromfile(CONFIG)
    differing = differing_settings(settings_of(converted, 'official'), config)
    assert set(differing) == {'model.backbone.dcn.offset_layout', *(
        f'model.data_preprocessor.{name}' for name in ('mean', 'std', 'bgr_to_rgb'))}
    config.merge_from_dict(differing)
    assert differing_settings(settings_of(converted, 'official'), config) == {}
    assert set(differing_settings(settings_of(converted, 'official'))) == set(differing)
