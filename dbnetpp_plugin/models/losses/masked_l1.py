"""Mean absolute error over a mask."""

import torch
from torch import Tensor

from .global_sum import global_sum


def masked_l1_loss(pred: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean of ``|pred - target|`` over the masked pixels of all processes; 0 where there is none.

    Args:
        pred: Float32 of any shape.
        target: Float, of the same shape.
        mask: Boolean, true where the pixel counts.

    Returns:
        A scalar.
    """
    error = (pred - target).abs() * mask
    total, area = global_sum(torch.stack([error.sum(), mask.sum(dtype=error.dtype)]))
    return total / area.clamp(min=1)
