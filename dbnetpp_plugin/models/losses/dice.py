"""Dice loss, V-Net, https://arxiv.org/abs/1606.04797, in the form that the official code of DBNet uses."""

import torch
from torch import Tensor

from .global_sum import global_sum


def dice_loss(pred: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """``1 - 2 sum(pred * target) / (sum(pred) + sum(target))`` over the masked pixels of all processes.

    Without a positive pixel this would be 1 whatever the prediction is, and its gradient of no use; it is 0 instead.

    Args:
        pred: Float32 in [0, 1], of any shape.
        target: Boolean, true where the pixel is text.
        mask: Boolean, true where the pixel counts.

    Returns:
        A scalar in [0, 1].
    """
    valid = pred * mask
    sums = [(valid * target).sum(), valid.sum(), (target & mask).sum(dtype=pred.dtype)]
    intersection, pred_sum, target_sum = global_sum(torch.stack(sums))
    loss = 1 - 2 * intersection / (pred_sum + target_sum).clamp(min=1)
    return loss * (target_sum > 0)
