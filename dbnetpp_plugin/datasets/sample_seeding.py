"""Random numbers of a sample that depend on the seed, the epoch and the sample alone."""

import numpy as np
import torch


class SampleSeed:
    """What samples are seeded with, in memory that data workers share: those that persist copied all else at start."""

    def __init__(self) -> None:
        self._values = torch.full((2,), -1, dtype=torch.int64).share_memory_()

    def set(self, seed: int, epoch: int) -> None:
        """From now on, in every worker, seed samples from ``(seed, epoch, index)``."""
        self._values.copy_(torch.tensor([seed, epoch]))

    @property
    def epoch(self) -> int:
        """The epoch that was set; 0 if none was."""
        return max(int(self._values[1]), 0)

    def seed_numpy(self, index: int) -> None:
        """Seed NumPy's global generator, which MMOCR's and our transforms draw from, for a sample; if set to."""
        seed, epoch = self._values.tolist()
        if epoch >= 0:
            np.random.seed(np.random.SeedSequence([seed, epoch, index]).generate_state(4))  # noqa: NPY002
