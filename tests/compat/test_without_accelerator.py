"""Distributed training on machines without an accelerator; tests/commands trains on two processes."""

import mmengine.dist.utils as dist_utils
import pytest
import torch
from mmengine.model import MMDistributedDataParallel

from dbnetpp_plugin.compat import without_accelerator
from dbnetpp_plugin.compat.without_accelerator import _on_cpu, train_distributed_without_accelerator


@pytest.mark.parametrize(('backend', 'used'), [('nccl', 'gloo'), ('gloo', 'gloo'), ('mpi', 'mpi')])
def test_the_start_is_that_of_mmengine_without_cuda(backend, used):
    calls = []

    def init_dist(*args, **kwargs):
        torch.cuda.set_device(0)  # raises where there is no driver
        calls.append((args, kwargs))

    original = torch.cuda.set_device
    _on_cpu(init_dist)(backend, 'torch', timeout=3)
    assert calls == [((used, 'torch'), {'timeout': 3})]
    assert torch.cuda.set_device is original


def test_other_ways_to_start_are_left_alone(monkeypatch):
    monkeypatch.setenv('RANK', '0')
    monkeypatch.setenv('LOCAL_RANK', '0')
    original = getattr(dist_utils._init_dist_pytorch, '__wrapped__', dist_utils._init_dist_pytorch)
    with pytest.raises(ModuleNotFoundError, match='deepspeed'):
        _on_cpu(original)('nccl', init_backend='deepspeed')
    with pytest.raises(ValueError, match='supported "init_backend"'):
        _on_cpu(original)('nccl', init_backend='other')


@pytest.mark.parametrize('kind', ['cuda', 'npu', 'mlu', 'musa'])
def test_nothing_is_replaced_where_there_is_an_accelerator(monkeypatch, kind):
    monkeypatch.setattr(f'mmengine.device.is_{kind}_available', lambda: True)
    assert without_accelerator.has_accelerator()
    start, init = object(), object()
    monkeypatch.setattr(dist_utils, '_init_dist_pytorch', start)
    monkeypatch.setattr(MMDistributedDataParallel, '__init__', init)
    train_distributed_without_accelerator()
    assert dist_utils._init_dist_pytorch is start
    assert MMDistributedDataParallel.__init__ is init


def test_replacing_again_changes_nothing():
    before = dist_utils._init_dist_pytorch, MMDistributedDataParallel.__init__
    train_distributed_without_accelerator()
    assert (dist_utils._init_dist_pytorch, MMDistributedDataParallel.__init__) == before
