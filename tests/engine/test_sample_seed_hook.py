"""The same samples whatever the number of workers, and other samples in another epoch."""

from types import SimpleNamespace

import numpy as np
import pytest
from mmengine.dataset import ConcatDataset, worker_init_fn
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop
from torch.utils.data import DataLoader

from dbnetpp_plugin.datasets import TextDetDataset, write_annotations
from dbnetpp_plugin.datasets.annotation import make_entry
from dbnetpp_plugin.engine import SampleSeedHook


def draw(results: dict) -> tuple[int, float]:
    """A pipeline of one step that stands for augmentation."""
    return results['sample_idx'], float(np.random.rand())  # noqa: NPY002


@pytest.fixture
def dataset(tmp_path) -> TextDetDataset:
    write_annotations(tmp_path / 'train.json', [make_entry(f'{i}.jpg', 10, 10, []) for i in range(6)])
    return TextDetDataset(data_root=str(tmp_path), ann_file='train.json', pipeline=[draw])


def runner(dataset, epoch: int, loop: type = EpochBasedTrainLoop, seed: int = 3) -> SimpleNamespace:
    return SimpleNamespace(train_loop=loop.__new__(loop), train_dataloader=SimpleNamespace(dataset=dataset), seed=seed,
                           epoch=epoch)


def one_epoch(loader) -> list[tuple[int, float]]:
    return sorted(sample for batch in loader for sample in batch)


def loader(dataset, workers: int) -> DataLoader:
    return DataLoader(dataset, batch_size=2, num_workers=workers, persistent_workers=workers > 0, collate_fn=list,
                      worker_init_fn=lambda i: worker_init_fn(i, num_workers=workers, rank=0, seed=0))


def test_samples_do_not_depend_on_workers_and_change_with_the_epoch(dataset):
    hook, loaders = SampleSeedHook(), [loader(dataset, workers) for workers in (0, 1, 2)]
    epochs = []
    for epoch in range(2):
        hook.before_train_epoch(runner(dataset, epoch))
        first, *others = (one_epoch(each) for each in loaders)
        assert others == [first, first]
        epochs.append(first)
    draws = [value for epoch in epochs for _, value in epoch]
    assert len(set(draws)) == 12


def test_samples_change_with_the_seed(dataset):
    draws = set()
    for seed in range(3):
        SampleSeedHook().before_train_epoch(runner(dataset, 0, seed=seed))
        draws.add(dataset[0])
    assert len(draws) == 3


def test_parts_of_a_concatenation_are_seeded(dataset):
    joined = ConcatDataset([dataset, dataset])
    SampleSeedHook().before_train_epoch(runner(joined, 0))
    assert joined[1] == joined[1]


def test_training_counted_in_iterations_is_left_alone(dataset):
    SampleSeedHook().before_train_epoch(runner(dataset, 0, loop=IterBasedTrainLoop))
    assert dataset[1] != dataset[1]
