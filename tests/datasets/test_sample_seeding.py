"""Random numbers of a sample."""

import numpy as np
import pytest
import torch

from dbnetpp_plugin.datasets.sample_seeding import SampleSeed


def draw(seed: SampleSeed, index: int) -> float:
    with seed.seeded(index):
        return float(np.random.rand())  # noqa: NPY002


def seeded(*values: int) -> SampleSeed:
    seed = SampleSeed()
    seed.set(*values)
    return seed


def test_numbers_depend_on_seed_epoch_and_index_alone():
    keys = [(seed, epoch, index) for seed in (0, 1) for epoch in (0, 1) for index in (0, 1)]
    first, second = ([draw(seeded(*key[:2]), key[2]) for key in keys] for _ in range(2))
    assert first == second
    assert len(set(first)) == 8


def test_numbers_run_on_until_a_seed_is_set():
    seed = SampleSeed()
    assert draw(seed, 3) != draw(seed, 3)
    seed.set(7, 0)
    assert draw(seed, 3) == draw(seed, 3)


@pytest.mark.parametrize('epoch', [0, 1, 40])
def test_epoch(epoch):
    assert SampleSeed().epoch == 0
    assert seeded(3, epoch).epoch == epoch


def test_large_seeds():
    # MMEngine draws seeds up to 2^31.
    assert draw(seeded(2 ** 31, 10), 10 ** 9) != draw(seeded(2 ** 31 - 1, 10), 10 ** 9)


def test_memory_is_shared_with_processes_that_have_started():
    seed = SampleSeed()
    context = torch.multiprocessing.get_context('fork')
    asked, told = context.Queue(), context.Queue()
    process = context.Process(target=lambda: (asked.get(timeout=30), told.put(seed.epoch)), daemon=True)
    process.start()
    seed.set(0, 12)
    asked.put(None)
    assert told.get(timeout=30) == 12
    process.join(30)


def test_numbers_of_numpy_stay_what_earlier_versions_drew():
    np.random.seed(np.random.SeedSequence([3, 1, 5]).generate_state(4))  # noqa: NPY002
    assert draw(seeded(3, 1), 5) == float(np.random.rand())  # noqa: NPY002
