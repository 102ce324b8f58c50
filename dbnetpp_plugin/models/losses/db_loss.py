"""The loss of DBNet and DBNet++, https://arxiv.org/abs/1911.08947, over ready-made label maps."""

from collections.abc import Sequence

import torch
from mmocr.models.textdet.module_losses.base import BaseTextDetModuleLoss
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from torch import Tensor

from .balanced_bce import balanced_bce_with_logits
from .dice import dice_loss
from .masked_l1 import masked_l1_loss

# Weights of the probability, threshold and binary map.
_WEIGHTS = {'official': (5.0, 10.0, 1.0), 'paper': (1.0, 10.0, 1.0)}


@MODELS.register_module()
class DBNetPPLoss(BaseTextDetModuleLoss):
    """Weighted losses of the probability map P, the threshold map T and the approximate binary map B.

    ============  ==============================================  =======================================
    weighting     losses                                          used by
    ============  ==============================================  =======================================
    ``official``  5 balanced BCE (P) + 10 L1 (T) + 1 Dice (B)     the official code and its released models
    ``paper``     1 balanced BCE (P) + 10 L1 (T) + 1 balanced     the formulas of the paper
                  BCE (B)
    ============  ==============================================  =======================================

    All are taken in float32, under autocast too, over the global batch: the values and the gradients do not depend on
    how many processes it is split among, and every process returns the same values. The host never waits for the
    device. Each process must compute as many losses as the others, as in every data-parallel training.

    A loss whose weight is 0 is not computed and not reported: ``weight_thr=0`` trains without supervision of the
    threshold map, whose branch then learns from B alone. Where the head has no threshold branch, there is neither T nor
    B, and the loss is that of P.

    Args:
        weighting: ``'official'`` or ``'paper'``, as above.
        negative_ratio: Negatives a positive in the balanced BCE.
        weight_prob: Weight of the loss of P in place of the one above; likewise the next two.
        weight_thr: Weight of the loss of T.
        weight_db: Weight of the loss of B.
        k: Amplification factor of the head. Only ``'paper'`` reads it: B is 1 in float32 from ``k (P - T) = 17`` on,
            and the cross entropy of the worst false positives must be taken before that rounding.

    Raises:
        ValueError: For an unknown weighting or a negative weight; in ``forward``, for data samples without label maps,
            or maps whose size is not that of the predictions.
    """

    def __init__(self, weighting: str = 'official', negative_ratio: float = 3, weight_prob: float | None = None,
                 weight_thr: float | None = None, weight_db: float | None = None, k: float = 50) -> None:
        super().__init__()
        if weighting not in _WEIGHTS:
            raise ValueError(f"DBNetPPLoss knows the weightings 'official' and 'paper', but got {weighting!r}.")
        explicit = weight_prob, weight_thr, weight_db
        self.weight_prob, self.weight_thr, self.weight_db = (
            default if weight is None else weight
            for weight, default in zip(explicit, _WEIGHTS[weighting], strict=True))
        if min(self.weight_prob, self.weight_thr, self.weight_db) < 0:
            raise ValueError('DBNetPPLoss needs weights of 0 or more, but got '
                             f'weight_prob={weight_prob}, weight_thr={weight_thr} and weight_db={weight_db}.')
        self.negative_ratio = negative_ratio
        self.k = k if weighting == 'paper' else None

    def forward(self, preds: tuple[Tensor, ...], data_samples: Sequence[TextDetDataSample]) -> dict[str, Tensor]:
        """Losses of a batch.

        Args:
            preds: Probability logits, threshold map and binary map, each (N, H, W); from a head without threshold
                branch, the logits alone.
            data_samples: N samples whose ``gt_db_maps`` have ``shrink_map``, ``shrink_mask``, ``threshold_map`` and
                ``threshold_mask``, each (1, H, W).

        Returns:
            Scalars ``loss_prob``, ``loss_thr`` and ``loss_db``, weighted, or those of them that are computed.
        """
        _check_maps(data_samples, preds[0].shape)
        # Also around the targets: autocast to bfloat16 cannot concatenate their float16.
        with torch.autocast(preds[0].device.type, enabled=False):
            return self._losses([pred.float() for pred in preds], *self.get_targets(data_samples))

    def get_targets(self, data_samples: Sequence[TextDetDataSample]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Shrink map and mask (boolean), threshold map (float) and mask (boolean), each (N, H, W)."""
        maps = [sample.gt_db_maps for sample in data_samples]
        return (torch.cat([m.shrink_map for m in maps]).bool(), torch.cat([m.shrink_mask for m in maps]).bool(),
                torch.cat([m.threshold_map for m in maps]), torch.cat([m.threshold_mask for m in maps]).bool())

    def _losses(self, preds: Sequence[Tensor], shrink_map: Tensor, shrink_mask: Tensor, threshold_map: Tensor,
                threshold_mask: Tensor) -> dict[str, Tensor]:
        logits, *binarization = preds
        losses = {}
        if self.weight_prob:
            losses['loss_prob'] = self.weight_prob * self._bce(logits, shrink_map, shrink_mask)
        if binarization:
            threshold, binary = binarization
            if self.weight_thr:
                losses['loss_thr'] = self.weight_thr * masked_l1_loss(threshold, threshold_map, threshold_mask)
            if self.weight_db:
                loss_db = dice_loss(binary, shrink_map, shrink_mask) if self.k is None else self._bce(
                    self.k * (logits.sigmoid() - threshold), shrink_map, shrink_mask)
                losses['loss_db'] = self.weight_db * loss_db
        return losses

    def _bce(self, logits: Tensor, shrink_map: Tensor, shrink_mask: Tensor) -> Tensor:
        return balanced_bce_with_logits(logits, shrink_map, shrink_mask, self.negative_ratio)


def _check_maps(data_samples: Sequence[TextDetDataSample], pred_shape: torch.Size) -> None:
    if len(data_samples) != pred_shape[0]:
        raise ValueError(f'DBNetPPLoss got {len(data_samples)} data samples for predictions of {pred_shape[0]} images.')
    for i, sample in enumerate(data_samples):
        if 'gt_db_maps' not in sample:
            raise ValueError(f'DBNetPPLoss found no gt_db_maps in data sample {i}: end the training pipeline with '
                             'GenerateDBTargets and PackDBInputs.')
        if sample.gt_db_maps.shape != pred_shape[1:]:
            raise ValueError(f'DBNetPPLoss got label maps of size {tuple(sample.gt_db_maps.shape)} in data sample {i} '
                             f'for predictions of size {tuple(pred_shape[1:])}: DBNetPPDataPreprocessor, with a '
                             'pad_size_divisor of 32, makes them alike.')
