"""Random numbers of a sample that depend on the seed, the epoch and the sample alone."""

import copy
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from .random_state import seeded_generators


class SampleSeed:
    """What samples are seeded with, in memory that data workers share: those that persist copied all else at start."""

    def __init__(self) -> None:
        self._values = torch.tensor([-1, -1, 0], dtype=torch.int64).share_memory_()

    def set(self, seed: int, epoch: int, part: int = 0) -> None:
        """From now on, in every worker, seed samples from ``(seed, epoch, index)``, and from ``part`` if it is not 0.

        Args:
            seed: Of the training.
            epoch: From 0.
            part: Which part of a concatenation the data set is: the same image in two parts is two samples.
        """
        self._values.copy_(torch.tensor([seed, epoch, part]))

    @property
    def epoch(self) -> int:
        """The epoch that was set; 0 if none was."""
        return max(int(self._values[1]), 0)

    @property
    def part(self) -> int:
        """The part that was set; 0 if none was."""
        return int(self._values[2])

    def seeded(self, index: int) -> AbstractContextManager[None]:
        """Context in which all that transforms draw depends on the sample alone, see :func:`.seeded_generators`.

        Until a seed is set, it changes nothing.
        """
        seed, epoch, part = self._values.tolist()
        if epoch < 0:
            return nullcontext()
        return seeded_generators([seed, epoch, index, part] if part else [seed, epoch, index])

    def __deepcopy__(self, memo: dict[int, Any]) -> 'SampleSeed':
        """The copy of a data set has a seed of its own, which its workers share, too."""
        copied = SampleSeed()
        copied._values.copy_(self._values)
        return copied


class SeededSamples:
    """What data sets share whose samples are seeded one by one, to be inherited from before ``BaseDataset``."""

    _sample_seed: SampleSeed

    def seed_samples(self, seed: int, epoch: int, part: int = 0) -> None:
        """From now on, in every worker, draw a sample's random numbers from ``(seed, epoch, part, index)`` alone."""
        self._sample_seed.set(seed, epoch, part)

    def with_own_seed(self) -> 'SeededSamples':
        """The same data set over the same data, but seeded on its own."""
        copied = copy.copy(self)
        copied._sample_seed = copy.deepcopy(self._sample_seed)
        return copied

    def __getitem__(self, idx: int) -> Any:
        """Give what the pipeline makes of a sample, see :meth:`seed_samples`."""
        with self._sample_seed.seeded(int(idx)):
            return super().__getitem__(idx)  # type: ignore[misc]
