"""FreezeBackboneHook in real runs of mmengine's runner, on one process and on two."""

import os
import socket
import weakref
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import torch.multiprocessing as mp
from mmengine.dataset import DefaultSampler, InfiniteSampler
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop, Runner
from torch.nn.parallel import DistributedDataParallel

import dbnetpp_plugin  # noqa: F401  (first, also in the processes that import this file anew)
from dbnetpp_plugin.engine import FreezeBackboneHook

ITERS_PER_EPOCH = 3
EPOCHS = 4
IMAGES = 12


class ToyModel(BaseModel):
    """A backbone of a stage that the model froze itself and one that it did not, and a head."""

    def __init__(self, batch_statistics: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.batch_statistics = batch_statistics
        self.backbone = torch.nn.Sequential(
            torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4))
        self.backbone[0].requires_grad_(False)
        self.head = torch.nn.Linear(4, 1)

    def forward(self, inputs: torch.Tensor, mode: str = 'loss'):
        *layers, norm = self.backbone
        for layer in layers:
            inputs = layer(inputs)
        # Statistics of a batch depend on how it is split among processes, so they are left out of that comparison.
        x = norm(inputs) if self.batch_statistics else norm.weight * inputs + norm.bias
        return dict(loss=self.head(x).square().mean())

    def train(self, mode: bool = True):
        super().train(mode)
        self.backbone[1].eval()  # as norm_eval does
        return self


class Images(torch.utils.data.Dataset):
    metainfo: dict = {}

    def __len__(self) -> int:
        return IMAGES

    def __getitem__(self, index: int) -> dict:
        return dict(inputs=torch.randn(4, generator=torch.Generator().manual_seed(index)))


class Watch(Hook):
    """Notes before each iteration what is trained, after the hook under test has run."""

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self.seen: list[tuple] = []
        self.weights: list[torch.Tensor] = []

    def before_train_iter(self, runner, batch_idx, data_batch=None) -> None:
        model = getattr(runner.model, 'module', runner.model)
        first, norm, second, last_norm = model.backbone
        assert not first.weight.requires_grad
        assert not norm.training
        self.seen.append((second.weight.requires_grad, last_norm.training, model.head.weight.requires_grad))
        self.weights.append(torch.cat([p.detach().flatten() for p in (
            second.weight, last_norm.weight, last_norm.running_mean, model.head.weight)]))


FROZEN, TRAINED = (False, False, True), (True, True, True)


def runner(folder, hook, by_epoch=True, model=None, resume=False, launcher='none', epochs=EPOCHS, batch=4) -> Runner:
    model = model or ToyModel()
    loop = dict(type=EpochBasedTrainLoop, max_epochs=epochs) if by_epoch else dict(
        type=IterBasedTrainLoop, max_iters=epochs * ITERS_PER_EPOCH)
    sampler = dict(type=DefaultSampler if by_epoch else InfiniteSampler, shuffle=False)
    return Runner(
        model, str(folder), train_dataloader=dict(
            dataset=Images(), sampler=sampler, batch_size=batch, num_workers=0,
            collate_fn=dict(type='default_collate')),
        train_cfg=loop, custom_hooks=[hook, Watch()], resume=resume, launcher=launcher, default_scope='mmocr',
        default_hooks=dict(logger=None, timer=None, checkpoint=dict(type='CheckpointHook', interval=1)),
        optim_wrapper=dict(type=OptimWrapper, optimizer=dict(
            type='AdamW', lr=0.1, weight_decay=0.1)), experiment_name=f'{Path(folder).name}{id(model)}',
        env_cfg=dict(dist_cfg=dict(backend='gloo')), log_level='ERROR')


def watch(run: Runner) -> Watch:
    run.train()
    return next(h for h in run.hooks if isinstance(h, Watch))


@pytest.mark.parametrize(('options', 'by_epoch', 'frozen'), [
    (dict(epochs=1), True, 3),
    (dict(epochs=2), True, 6),
    (dict(epochs=9), True, 12),
    (dict(iters=1), True, 1),
    (dict(iters=4), True, 4),  # thawed within an epoch
    (dict(iters=3), False, 3),
    (dict(iters=5), False, 5),
])
def test_frozen_for_the_first_iterations(tmp_path, options, by_epoch, frozen):
    seen = watch(runner(tmp_path, dict(type='FreezeBackboneHook', **options), by_epoch)).seen
    assert seen == [FROZEN] * frozen + [TRAINED] * (12 - frozen)


def test_neither_weights_nor_statistics_move_while_frozen(tmp_path):
    weights = watch(runner(tmp_path, FreezeBackboneHook(iters=4))).weights
    backbone, head = zip(*(w.split([24, 4]) for w in weights), strict=True)
    for i in range(1, 12):
        # Iteration i starts with what i updates have made: the fifth is the first to touch the backbone. AdamW, whose
        # weight decay would move it without any gradient, must not see it either.
        assert torch.equal(backbone[i], backbone[i - 1]) == (i <= 4)
        assert not torch.equal(head[i], head[i - 1])


@pytest.mark.parametrize('saved', [1, 2, 3])
def test_resumed_training_goes_on_as_if_it_had_not_stopped(tmp_path, saved):
    whole = watch(runner(tmp_path / 'whole', FreezeBackboneHook(epochs=2)))
    watch(runner(tmp_path / 'parts', FreezeBackboneHook(epochs=2), epochs=saved))
    resumed = watch(runner(tmp_path / 'parts', FreezeBackboneHook(epochs=2), resume=True))
    start = saved * ITERS_PER_EPOCH
    assert resumed.seen == whole.seen[start:] == [FROZEN] * max(6 - start, 0) + [TRAINED] * min(12 - start, 6)
    for a, b in zip(resumed.weights, whole.weights[start:], strict=True):
        torch.testing.assert_close(a, b)


def run_process(rank: int, processes: int, port: int, folder: str) -> None:
    torch.set_num_threads(1)
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(processes), MASTER_ADDR='127.0.0.1',
                      MASTER_PORT=str(port))
    init_default_scope('mmocr')
    hook = watch(runner(folder, FreezeBackboneHook(iters=4), model=ToyModel(batch_statistics=False),
                        launcher='pytorch', batch=4 // processes))
    torch.save((hook.seen, hook.weights), f'{folder}/{rank}.pth')
    torch.distributed.destroy_process_group()


def test_two_processes_equal_one_without_looking_for_unused_parameters(tmp_path):
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    mp.spawn(run_process, (2, port, str(tmp_path)), nprocs=2)
    reference = watch(runner(tmp_path / 'one', FreezeBackboneHook(iters=4), model=ToyModel(batch_statistics=False)))
    for rank in range(2):
        seen, weights = torch.load(tmp_path / f'{rank}.pth')
        assert seen == reference.seen
        for value, expected in zip(weights, reference.weights, strict=True):
            torch.testing.assert_close(value, expected, rtol=1e-4, atol=1e-5)


@pytest.fixture
def process_group(tmp_path):
    torch.distributed.init_process_group('gloo', init_method=f'file://{tmp_path}/rendezvous', rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def wrapped_runner(wrapper: type[torch.nn.Module]) -> SimpleNamespace:
    """As much of a runner as the hook needs, with a wrapped model and a compiled step."""
    run = SimpleNamespace(model=wrapper(ToyModel()), cfg={}, iter=0, train_loop=None)
    run.wrap_model = lambda cfg, model: wrapper(model)
    run._maybe_compile = lambda target: setattr(run.model, target, 'compiled')
    return run


def test_wrapping_anew_drops_the_old_gradient_hooks_and_keeps_the_compiled_step(process_group):
    run = wrapped_runner(DistributedDataParallel)
    model, old = run.model.module, weakref.ref(run.model)
    FreezeBackboneHook(iters=1).before_train(run)
    assert old() is None
    assert run.model.module is model
    assert run.model.train_step == 'compiled'


def test_nothing_is_wrapped_anew_past_the_freeze(process_group):
    run = wrapped_runner(DistributedDataParallel)
    run.iter, model = 1, run.model
    FreezeBackboneHook(iters=1).before_train(run)
    assert run.model is model


def test_other_wrappers_are_refused():
    with pytest.raises(TypeError, match='works with DistributedDataParallel, but the model is wrapped in DataParallel'):
        FreezeBackboneHook(iters=1).before_train(wrapped_runner(torch.nn.DataParallel))


@pytest.mark.parametrize('options', [dict(), dict(epochs=1, iters=1), dict(epochs=0), dict(iters=-1),
                                     dict(epochs=0, iters=None)])
def test_needs_one_positive_number(options):
    with pytest.raises(ValueError, match='a positive number of either epochs or iters, but got epochs='):
        FreezeBackboneHook(**options)


def test_epochs_need_training_that_counts_them(tmp_path):
    with pytest.raises(ValueError, match=r'FreezeBackboneHook\(epochs=1\) needs training that counts epochs'):
        runner(tmp_path, FreezeBackboneHook(epochs=1), by_epoch=False).train()


def test_needs_a_backbone():
    run = SimpleNamespace(model=torch.nn.Linear(1, 1), iter=0, train_loop=None)
    with pytest.raises(ValueError, match='needs a model with a backbone, but Linear has none'):
        FreezeBackboneHook(iters=1).before_train(run)
