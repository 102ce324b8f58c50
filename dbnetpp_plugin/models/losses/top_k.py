"""The sum of the k largest elements, written as weights, for a k that only the device knows.

``torch.topk`` needs k as a Python number: reading it from the device stops the host until the device has caught up, in
each step. It also sees one process only. Here k stays a tensor, and the elements may be spread over many processes:
each sorts its own, and the k-th largest of all is found digit by digit from counts, in four rounds.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .global_sum import global_sum

_MAGNITUDE = 0x7FFFFFFF  # all bits of a float32 but the sign
_DIGITS = ((23, 256), (15, 256), (7, 256), (0, 128))  # lowest bit of each, and how many values it has: 31 bits in all


class _KthLargest(NamedTuple):
    """The k-th largest of the keys of all processes, how many keys are above it, and how many equal to it."""

    key: Tensor
    n_above: Tensor
    n_tied: Tensor


@torch.no_grad()
def top_k_weights(values: Tensor, among: Tensor, k: Tensor) -> Tensor:
    """Weights with which the sum of ``values`` is that of the k largest of ``values[among]``, over all processes.

    A weight is 1 above the k-th largest value and 0 below. Elements equal to it share what is left of k evenly, so the
    result does not depend on an order among them.

    Args:
        values: Non-negative float32 of any shape.
        among: Boolean, of the shape of ``values``.
        k: How many, an integer scalar between 0 and the number of true elements of ``among`` in all processes.

    Returns:
        Float32 of the shape of ``values``.
    """
    # Non-negative floats are in the order of their bit patterns; -1 is below all of them.
    keys = torch.where(among, values.view(torch.int32) & _MAGNITUDE, -1)
    kth = _kth_largest(_sorted(keys.flatten()), k)
    share = (k - kth.n_above) / kth.n_tied.clamp(min=1)
    return torch.where(keys == kth.key, share, (keys > kth.key).float())


def _kth_largest(sorted_keys: Tensor, k: Tensor) -> _KthLargest:
    """Search from the highest digit on: at least k keys reach the wanted prefix, and fewer than k the next one."""
    key = torch.zeros((), dtype=torch.int32, device=sorted_keys.device)
    n_reached = n_above = torch.zeros_like(k)
    for lowest_bit, n_values in _DIGITS:
        digits = torch.arange(n_values, dtype=torch.int32, device=sorted_keys.device)
        counts = global_sum(_count_at_least(sorted_keys, key + (digits << lowest_bit)))  # falling
        digit = (counts >= k).sum(dtype=torch.int32) - 1
        # After the last digit comes the next prefix, whose count is known from the round before.
        counts = torch.cat([counts, n_above[None]])
        n_reached, n_above = counts.index_select(0, torch.stack([digit, digit + 1])).unbind()
        key = key + (digit << lowest_bit)
    return _KthLargest(key, n_above, n_reached - n_above)


def _count_at_least(sorted_keys: Tensor, candidates: Tensor) -> Tensor:
    """How many of the keys are at least each candidate."""
    return len(sorted_keys) - torch.searchsorted(sorted_keys, candidates)


def _sorted(keys: Tensor) -> Tensor:
    """Keys in ascending order. On a CPU NumPy sorts them several times as fast as PyTorch, which sorts places too."""
    return torch.from_numpy(np.sort(keys.numpy())) if keys.device.type == 'cpu' else keys.sort().values
