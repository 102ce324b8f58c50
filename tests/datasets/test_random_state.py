"""Global generators, seeded and put back."""

import random

import numpy as np
import pytest
import torch
from imgaug.random import get_global_rng

from dbnetpp_plugin.datasets.random_state import seeded_generators


def draws() -> tuple[float, ...]:
    """One number of each generator."""
    return (random.random(), float(np.random.rand()), float(torch.rand(())),  # noqa: NPY002
            float(get_global_rng().random_sample(1)[0]))


def seeded_draws(*key: int) -> tuple[float, ...]:
    with seeded_generators(key):
        return draws()


def test_all_generators_are_seeded():
    first = seeded_draws(1, 2, 3)
    draws()
    assert seeded_draws(1, 2, 3) == first
    assert not set(seeded_draws(1, 2, 4)) & set(first)
    assert len(set(first)) == 4


@pytest.mark.parametrize('error', [None, KeyError])
def test_generators_go_on_as_if_nothing_had_been_seeded(error):
    with seeded_generators([0]):
        expected = draws(), draws()
    with seeded_generators([0]):
        first = draws()
        try:
            with seeded_generators([7]):
                draws()
                if error:
                    raise error
        except KeyError:
            pass
        assert (first, draws()) == expected
