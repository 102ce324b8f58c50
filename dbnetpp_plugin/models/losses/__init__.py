"""Losses: pure functions of maps, and the registered loss that puts them together."""

from .balanced_bce import balanced_bce_with_logits
from .db_loss import DBNetPPLoss
from .dice import dice_loss
from .masked_l1 import masked_l1_loss

__all__ = ['DBNetPPLoss', 'balanced_bce_with_logits', 'dice_loss', 'masked_l1_loss']
