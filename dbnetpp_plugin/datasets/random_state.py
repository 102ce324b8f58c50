"""The global random generators that transforms draw from, seeded together and put back afterwards."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from imgaug.random import get_global_rng
from imgaug.random import seed as seed_imgaug


@contextmanager
def seeded_generators(key: Sequence[int]) -> Iterator[None]:
    """Seed the generators of Python, NumPy, PyTorch (on the CPU) and imgaug; afterwards, put them back as they were.

    Putting them back matters where samples are made in the process that trains, without data workers: what the training
    itself draws, such as dropout, stays as random as it is with workers. Generators of GPUs are not touched, because
    transforms do not draw from them.

    Transforms of imgaug draw from its global generator unless they were given a seed, or were pickled: workers that are
    spawned and not forked have copies, which are not seeded here.

    Args:
        key: Non-negative numbers. Different keys give independent random numbers.
    """
    imgaug = get_global_rng()  # first, as it draws a seed from NumPy's when it is made
    before = imgaug.state, random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    words = np.random.SeedSequence(key).generate_state(8)
    # The first four words are those that NumPy's generator has always had here, so samples stay what they were.
    np.random.seed(words[:4])  # noqa: NPY002
    random.seed(int(words[4]))
    torch.default_generator.manual_seed(int(words[5]))  # `torch.manual_seed` would seed GPUs, too
    seed_imgaug(int(words[6]))
    try:
        yield
    finally:
        imgaug.state, state, of_numpy, of_torch = before
        random.setstate(state)
        np.random.set_state(of_numpy)  # noqa: NPY002
        torch.set_rng_state(of_torch)
