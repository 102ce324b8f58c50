"""Binary cross entropy with hard negative mining, as in DBNet, https://arxiv.org/abs/1911.08947, section 3.5."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .global_sum import count, global_sum
from .top_k import top_k_weights


def balanced_bce_with_logits(logits: Tensor, target: Tensor, mask: Tensor, negative_ratio: float = 3) -> Tensor:
    """Mean binary cross entropy over all positive pixels and the hardest ``negative_ratio`` times as many negatives.

    Positives are counted, and negatives chosen, over the whole batch of all processes, as in the official code. A batch
    without any positive pixel teaches background: the mean runs over all its negatives. Where nothing is valid the loss
    is 0, with zero gradients.

    Args:
        logits: Float32 of any shape.
        target: Boolean, true where the pixel is text.
        mask: Boolean, true where the pixel counts.
        negative_ratio: Negatives a positive.

    Returns:
        A scalar.
    """
    loss = F.binary_cross_entropy_with_logits(logits, target.to(logits.dtype), reduction='none')
    positive, negative = mask & target, mask & ~target
    n_positive, n_negative = global_sum(torch.stack([count(positive), count(negative)]))
    n_wanted = torch.where(n_positive > 0, (n_positive * negative_ratio).long(), n_negative)
    n_hard = torch.minimum(n_wanted, n_negative)
    weights = top_k_weights(loss.detach(), negative, n_hard) + positive
    return global_sum((loss * weights).sum()) / (n_positive + n_hard).clamp(min=1)
