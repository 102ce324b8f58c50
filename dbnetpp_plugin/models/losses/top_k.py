"""The sum of the k largest elements, written as weights, for a k that only the device knows.

``torch.topk`` needs k as a Python number: reading it from the device stops the host until the device has caught up, in
each step. It also sees one process only. Here k stays a tensor, nothing is sorted, and the elements may be spread over
many processes.
"""

import torch
from torch import Tensor

from .global_sum import count, global_sum

_MAGNITUDE = 0x7FFFFFFF  # all bits of a float32 but the sign


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
    kth = _kth_largest(keys, k)
    above, tied = keys > kth, keys == kth
    n_above, n_tied = global_sum(torch.stack([count(above), count(tied)]))
    share = (k - n_above) / n_tied.clamp(min=1)
    return torch.where(tied, share, above.float())


def _kth_largest(keys: Tensor, k: Tensor) -> Tensor:
    """The largest int32 that at least k of the keys reach, found bit by bit from the highest, 31 counts in all."""
    kth = torch.zeros((), dtype=torch.int32, device=keys.device)
    for bit in reversed(range(31)):
        candidate = kth | (1 << bit)
        reached = global_sum(count(keys >= candidate)) >= k
        kth = torch.where(reached, candidate, kth)
    return kth
