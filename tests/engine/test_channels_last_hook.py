"""Weights change their order in memory, and nothing else."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper
from torch import nn

from dbnetpp_plugin.engine import ChannelsLastHook
from dbnetpp_plugin.engine.channels_last_hook import channels_last_is_faster


def test_model_computes_in_channels_last_and_gives_the_same():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3))
    image = torch.randn(2, 3, 9, 11)
    expected = model(image)
    parameters = list(model.parameters())
    optimizer = OptimWrapper(torch.optim.SGD(parameters, lr=1))
    ChannelsLastHook().before_train(SimpleNamespace(model=model, optim_wrapper=optimizer))
    out = model(image)
    assert expected.is_contiguous()
    assert out.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(out, expected)
    assert [id(p) for p in model.parameters()] == [id(p) for p in parameters]  # an optimizer still holds them


@pytest.mark.parametrize(('device', 'mixed_precision', 'expected'), [
    ('cpu', False, True), ('cpu', True, True), ('cuda', False, False), ('cuda', True, True)])
def test_where_it_is_faster(device, mixed_precision, expected):
    assert channels_last_is_faster(torch.device(device), mixed_precision) is expected
