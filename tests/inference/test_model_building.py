"""Weights that fit, fit partly, or are not weights; devices."""

import logging
import pickle

import pytest
import torch
from bright_model import write_model
from mmengine.logging import MMLogger
from torch import nn

from dbnetpp_plugin.config import load_config
from dbnetpp_plugin.inference.model_building import build_model, find_device, load_weights


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn, self.head = nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Linear(4, 2)


@pytest.fixture
def weights(tmp_path):
    return tmp_path / 'weights.pth'


@pytest.fixture
def warnings(monkeypatch):
    """Messages of the logger from 'warning' on."""
    messages = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger, handler = MMLogger.get_current_instance(), Keep(logging.WARNING)
    logger.addHandler(handler)
    yield messages
    logger.removeHandler(handler)


@pytest.mark.parametrize('wrap', [
    lambda s: s, lambda s: {'state_dict': s, 'meta': {}}, lambda s: {f'module.{key}': s[key] for key in s},
], ids=['state dict', 'checkpoint', 'of a parallel model'])
def test_weights_are_loaded(weights, warnings, wrap):
    source, model = Model(), Model()
    torch.save(wrap(source.state_dict()), weights)
    load_weights(model, weights)
    torch.testing.assert_close(model.state_dict(), source.state_dict())
    assert warnings == []


def test_missing_and_unexpected_parameters_are_named(weights, warnings):
    state = {**Model().state_dict(), **{f'extra.{i}': torch.zeros(1) for i in range(5)}}
    del state['head.weight'], state['head.bias'], state['bn.num_batches_tracked']
    torch.save(state, weights)
    load_weights(Model(), weights)
    assert warnings == [
        f'The weights {weights} lack 2 parameters of the model, which stay random: head.weight, head.bias.',
        f'The weights {weights} hold 5 parameters that the model does not have: '
        'extra.0, extra.1, extra.2, extra.3, extra.4.']


@pytest.mark.parametrize(('state', 'message'), [
    ({'a': torch.zeros(1), 'b': torch.zeros(1)}, 'of another model: this one has none of their 2 parameters, a, b$'),
    ({'conv.weight': torch.zeros(4, 5, 1, 1)}, r'are of another model: size mismatch for conv.weight'),
    ({}, 'holds no model weights$'),
    ({'state_dict': {}}, 'holds no model weights$'),
    ({'epoch': 3}, 'holds no model weights$'),
    ([torch.zeros(1)], 'holds no model weights$'),
])
def test_weights_of_another_model(weights, state, message):
    torch.save(state, weights)
    with pytest.raises(ValueError, match=message) as raised:
        load_weights(Model(), weights)
    assert '\n' not in str(raised.value)
    assert str(weights) in str(raised.value)


@pytest.mark.parametrize('content', [b'', b'no weights', b'\xff' * 9, pickle.dumps(object), b'PK\x03\x04 cut'])
def test_file_that_is_no_checkpoint(weights, content):
    weights.write_bytes(content)
    with pytest.raises(ValueError, match='is not a checkpoint that can be loaded safely') as raised:
        load_weights(Model(), weights)
    assert '\n' not in str(raised.value)


def test_code_in_a_file_is_not_run(weights, tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / 'written'), 'w'))

    torch.save({'state_dict': Evil()}, weights)
    with pytest.raises(ValueError, match='is not a checkpoint that can be loaded safely'):
        load_weights(Model(), weights)
    assert not (tmp_path / 'written').exists()


def test_missing_files(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there is no weights file .*nowhere\.pth'):
        load_weights(Model(), tmp_path / 'nowhere.pth')
    with pytest.raises(FileNotFoundError, match=r'there is no config file .*nowhere\.py'):
        load_config(tmp_path / 'nowhere.py')


def test_built_model_is_ready_to_predict(tmp_path):
    path, weights = write_model(tmp_path)
    model = build_model(load_config(path), weights, 'cpu')
    assert not model.training
    assert model.det_head.gain.item() == 1


def test_random_weights_are_warned_of(tmp_path, warnings):
    path, _ = write_model(tmp_path)
    build_model(load_config(path), device='cpu')
    assert warnings == ['No weights were given: the model is random, and finds no text.']


def test_synchronised_batch_norms_work_alone(tmp_path):
    path, _ = write_model(tmp_path)
    config = load_config(path)
    config.model.backbone = dict(type='mmdet.ResNet', depth=18, base_channels=8, norm_cfg=dict(type='SyncBN'))
    model = build_model(config, device='cpu')
    assert not any(isinstance(module, nn.SyncBatchNorm) for module in model.modules())


def test_devices(monkeypatch):
    assert find_device('cpu') == torch.device('cpu')
    with pytest.raises(ValueError, match="a device is 'cpu', 'cuda' or 'cuda:N', got 'gpu'"):
        find_device('gpu')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    assert find_device() == torch.device('cpu')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    assert find_device() == torch.device('cuda')
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 2)
    assert find_device('cuda:1') == torch.device('cuda', 1)
    with pytest.raises(ValueError, match='there is no device cuda:2: PyTorch sees 2 CUDA devices'):
        find_device('cuda:2')
