"""Dividing a list of images among processes, so that what is found does not depend on how many there are.

The list is cut into chunks, by its length and the batch size alone. A chunk is always done as a whole and by itself:
batches never reach across its ends, so the same images are in a batch whoever does it, and whenever.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

MAX_CHUNK = 64  # images that an interruption may cost
MIN_CHUNKS = 64  # so that a short list is shared out, too
LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')
# Processes wait for the slowest, which on other machines and with other images may take days longer.
PATIENCE = timedelta(days=30)
_TORCHRUN_SETS = ('RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'MASTER_ADDR', 'MASTER_PORT')

T = TypeVar('T')


class Process(NamedTuple):
    """One of those that share the work."""

    rank: int
    total: int

    @property
    def is_first(self) -> bool:
        """Whether this is the one that merges."""
        return self.rank == 0

    def share_of(self, items: Sequence[T]) -> Sequence[T]:
        """Every ``total``-th item."""
        return items[self.rank::self.total]

    def from_first(self, value: T) -> T:
        """What the first process has as this value, in all processes; all have to call it. The value of others is lost.
        """
        if self.total == 1:
            return value
        from mmengine import dist  # imports PyTorch, which a single process can do without
        values: list[Any] = [value]
        dist.broadcast_object_list(values)
        return values[0]

    def wait_for_all(self) -> None:
        """Return when all processes have called it."""
        if self.total == 1:
            return
        from mmengine import dist
        dist.barrier()


@contextmanager
def processes(launcher: str | None = None) -> Iterator[Process]:
    """Join the other processes of this job.

    Args:
        launcher: What started them, as in MMEngine: 'pytorch' (torchrun), 'slurm', 'mpi' or 'none'. By default
            'pytorch' in a process that torchrun started, and 'none' elsewhere.
    """
    launcher = launcher or ('pytorch' if all(name in os.environ for name in _TORCHRUN_SETS) else 'none')
    if launcher == 'none':
        yield Process(0, 1)
        return
    import torch.distributed
    from mmengine import dist

    # Only words are exchanged: gloo does that with and without GPUs.
    dist.init_dist(launcher, backend='gloo', timeout=PATIENCE.total_seconds())
    try:
        yield Process(dist.get_rank(), dist.get_world_size())
    finally:
        torch.distributed.destroy_process_group()


def chunked(items: Sequence[T], batch_size: int) -> list[Sequence[T]]:
    """Cut a list into chunks, of whole batches except the last."""
    size = chunk_size(len(items), batch_size)
    return [items[start:start + size] for start in range(0, len(items), size)]


def chunk_size(count: int, batch_size: int) -> int:
    """Images in a chunk: some batches, as many as leave ``MIN_CHUNKS`` chunks, and ``MAX_CHUNK`` images at most.

    A single batch may be larger than that.
    """
    batches = min(count // (MIN_CHUNKS * batch_size), MAX_CHUNK // batch_size)
    return batch_size * max(1, batches)
