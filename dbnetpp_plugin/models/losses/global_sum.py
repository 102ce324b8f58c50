"""Sums over the pixels of all processes, which make a loss independent of how its batch was split among them."""

import torch
from mmengine.dist import all_reduce, get_world_size
from torch import Tensor


def global_sum(x: Tensor) -> Tensor:
    """Add up ``x`` over all processes, elementwise; without distributed training, ``x`` itself.

    A ratio of sums, such as a mean over the masked pixels, is not the mean of the ratios of two half batches, so every
    sum is taken over the whole batch before anything is divided. All processes must call this equally often.

    The gradient with respect to the local ``x`` is the number of processes W, not 1: each process differentiates the
    same global loss by its own pixels only, and DistributedDataParallel then takes the mean of the W gradients where
    their sum is wanted.

    Args:
        x: Local sums or counts, any shape. Several in one tensor cost one message.
    """
    world_size = get_world_size()
    if world_size == 1:
        return x
    total = x.detach().clone()
    all_reduce(total)
    return total + world_size * (x - x.detach())


def count(mask: Tensor) -> Tensor:
    """Number of true elements of a boolean mask, as int64 on its device."""
    # PyTorch sums booleans several times faster into int32 than into its default, int64.
    return mask.sum(dtype=torch.int32).long()
