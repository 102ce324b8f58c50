"""Each gap that compat closes, and that it closes nothing where there is none."""

import importlib.machinery
import pickle
import sys
import types
import zipfile

import mmcv
import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from dbnetpp_plugin.compat import mmcv_operators, packages
from dbnetpp_plugin.compat.numpy_names import restore_numpy_names


@pytest.mark.parametrize(('torch_version', 'torchvision_version'), [
    ('2.11.0', '0.26.0'),
    ('2.11.0+cu130', '0.26.0+cu130'),
    ('2.11.0+cpu', '0.26.0+cpu'),
    ('2.8.0', '0.23.0'),
])
def test_matching_torchvision_passes(torch_version, torchvision_version):
    packages.check_torch(torch_version, torchvision_version)


@pytest.mark.parametrize(('torch_version', 'torchvision_version', 'message'), [
    ('2.11.0', '0.25.0', r'torchvision 0\.25\.0 was not built for torch 2\.11\.0: install torchvision 0\.26\.\*'),
    ('2.10.0', '0.26.0', r'install torchvision 0\.25\.\*'),
    ('1.13.1', '0.14.1', r'needs torch 2\.x from 2\.8 on, but torch 1\.13\.1 is installed'),
    ('2.7.1', '0.22.1', r'needs torch 2\.x from 2\.8 on, but torch 2\.7\.1 is installed'),
    ('3.0.0', '0.30.0', r'needs torch 2\.x from 2\.8 on, but torch 3\.0\.0 is installed'),
    ('2.11.0+cpu', '0.26.0', r'is a CPU build and torchvision 0\.26\.0 is not'),
])
def test_mismatched_torchvision_is_one_sentence(torch_version, torchvision_version, message):
    with pytest.raises(ImportError, match=message):
        packages.check_torch(torch_version, torchvision_version)


@pytest.mark.parametrize('version', ['0.6.3', '1.1.0', '1.10.0', '2.0.0'])
def test_unsupported_mmocr_is_one_sentence(version):
    with pytest.raises(ImportError, match=f'but mmocr {version} is installed: install mmocr==1.0.1'):
        packages.check_mmocr(version)


def test_supported_mmocr_passes():
    packages.check_mmocr('1.0.1')


def test_every_missing_package_is_named(monkeypatch):
    absent = {'imgaug', 'pyclipper'}
    for name in absent:
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(ImportError, match=r'dbnetpp_plugin needs pyclipper, imgaug==0\.4\.0: install'):
        packages.check_packages(find=lambda name: None if name in absent else object())


@pytest.mark.parametrize('name', ['sctypes', 'int0', 'bool'])
def test_numpy_names_are_put_back_only_where_they_are_gone(monkeypatch, name):
    monkeypatch.delattr(np, name)
    restore_numpy_names()
    kept = getattr(np, name)
    restore_numpy_names()
    assert getattr(np, name) is kept
    assert {'sctypes': lambda: np.dtype(np.float16).type in kept['float'], 'int0': lambda: kept is np.intp,
            'bool': lambda: kept is np.bool_}[name]()


@pytest.fixture
def without_operators(monkeypatch):
    """mmcv as mmcv-lite has it, with nothing of it imported."""
    for name in [name for name in sys.modules if name == 'mmcv._ext' or name.startswith('mmcv.ops')]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(mmcv_operators.importlib.util, 'find_spec', lambda name: None)


def test_stand_in_operator_says_what_to_install(without_operators):
    with mmcv_operators.stand_in_for_mmcv_ext():
        operators = sys.modules['mmcv._ext']
        assert hasattr(operators, 'nms')
    with pytest.raises(RuntimeError, match=r'`nms` is compiled code of the full mmcv.*install mmcv 2.0.1'):
        operators.nms(torch.zeros(1, 4))


def test_stand_in_is_gone_afterwards(without_operators):
    with mmcv_operators.stand_in_for_mmcv_ext():
        # In its place: the real one cannot be imported twice in a process, since it registers its layers.
        sys.modules['mmcv.ops'] = mmcv.ops = types.ModuleType('mmcv.ops')
        sys.modules['mmcv.ops.nms'] = types.ModuleType('mmcv.ops.nms')
    assert not [name for name in sys.modules if name.startswith(('mmcv._ext', 'mmcv.ops'))]
    assert not hasattr(mmcv, 'ops')
    with pytest.raises(ModuleNotFoundError, match=r'mmcv\._ext'):
        from mmcv.ops import nms  # noqa: F401


def test_nothing_stands_in_for_a_compiled_mmcv(without_operators, monkeypatch):
    found = importlib.machinery.ModuleSpec('mmcv._ext', loader=None)
    monkeypatch.setattr(mmcv_operators.importlib.util, 'find_spec', lambda name: found)
    with mmcv_operators.stand_in_for_mmcv_ext():
        assert 'mmcv._ext' not in sys.modules


def test_operators_that_are_imported_already_stay(without_operators, monkeypatch):
    loaded = types.ModuleType('mmcv.ops')
    monkeypatch.setitem(sys.modules, 'mmcv.ops', loaded)
    with mmcv_operators.stand_in_for_mmcv_ext():
        assert 'mmcv._ext' not in sys.modules
    assert sys.modules['mmcv.ops'] is loaded


def test_checkpoint_with_history_loads_with_weights_only(tmp_path):
    history = HistoryBuffer()
    for value in (0.5, np.float64(1.5).item(), 4):
        history.update(value)
    file = tmp_path / 'epoch_1.pth'
    torch.save({'state_dict': {'w': torch.ones(2)}, 'message_hub': {'log_scalars': {'loss': history}},
                'meta': {'seed': np.int64(3), 'lr': np.float32(0.1)}}, file)
    loaded = torch.load(file, weights_only=True)
    assert loaded['message_hub']['log_scalars']['loss'].mean() == 2.0
    assert loaded['meta'] == {'seed': 3, 'lr': np.float32(0.1)}


class _Gadget:
    """Pickles as ``getattr(HistoryBuffer, '__init__')``: the first step of reaching anything from a class."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


def test_checkpoint_cannot_reach_other_attributes(tmp_path):
    file = tmp_path / 'evil.pth'
    torch.save({'state_dict': _Gadget()}, file)
    with pytest.raises(pickle.UnpicklingError, match='which is none of the statistics'):
        torch.load(file, weights_only=True)


def test_the_gadget_is_in_the_file(tmp_path):
    """Guards the test above: without the restriction the file would have been read."""
    file = tmp_path / 'evil.pth'
    torch.save({'state_dict': _Gadget()}, file)
    with zipfile.ZipFile(file) as archive:
        name = next(n for n in archive.namelist() if n.endswith('data.pkl'))
        assert b'getattr' in archive.read(name)
    assert torch.load(file, weights_only=False)['state_dict'] is HistoryBuffer.__init__
