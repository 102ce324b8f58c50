"""Mixed precision on a CPU, through MMEngine's builder."""

import torch
from mmengine.optim import build_optim_wrapper
from torch import nn

from dbnetpp_plugin.engine import BFloat16OptimWrapper


def wrapped(model: nn.Module) -> BFloat16OptimWrapper:
    return build_optim_wrapper(model, dict(type='BFloat16OptimWrapper', optimizer=dict(type='SGD', lr=0.5)))


def test_forward_in_bfloat16_and_weights_in_float32():
    model = nn.Linear(2, 1, bias=False)
    model.weight.data = torch.tensor([[1.0, 2.0]])
    wrapper = wrapped(model)
    assert isinstance(wrapper, BFloat16OptimWrapper)
    with wrapper.optim_context(model):
        loss = model(torch.tensor([[3.0, 1.0]])).sum()
    assert loss.dtype == torch.bfloat16
    wrapper.update_params(loss)
    assert model.weight.dtype == torch.float32
    assert model.weight.tolist() == [[1 - 0.5 * 3, 2 - 0.5 * 1]]


def test_outside_the_context_nothing_changes():
    model = nn.Linear(2, 1)
    with wrapped(model).optim_context(model):
        pass
    assert model(torch.zeros(1, 2)).dtype == torch.float32


def test_gradients_of_several_steps_add_up():
    model = nn.Linear(1, 1, bias=False)
    model.weight.data = torch.ones(1, 1)
    wrapper = build_optim_wrapper(model, dict(type='BFloat16OptimWrapper', accumulative_counts=2,
                                              optimizer=dict(type='SGD', lr=1.0)))
    wrapper.initialize_count_status(model, 0, 2)
    for value in (1.0, 2.0):
        with wrapper.optim_context(model):
            loss = model(torch.tensor([[value]])).sum()
        wrapper.update_params(loss)
    assert model.weight.tolist() == [[1 - (1 + 2) / 2]]
