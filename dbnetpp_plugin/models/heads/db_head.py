"""The head of DBNet and DBNet++: differentiable binarization, https://arxiv.org/abs/1911.08947."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from mmengine.model import Sequential
from mmocr.models.textdet.heads import BaseTextDetHead
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from torch import Tensor, nn

from ..arguments import check_channels, check_switches

# What the branches give everywhere before they have learnt anything: little text, and thresholds in mid-range.
_PRIOR_PROBABILITY = 0.1
_PRIOR_THRESHOLD = 0.5

_LOSS = dict(type='DBNetPPLoss')
_POSTPROCESSOR = dict(type='DBNetPPPostprocessor', text_repr_type='quad')
_INIT = [
    dict(type='Kaiming', layer=['Conv2d', 'ConvTranspose2d'], mode='fan_in'),
    dict(type='Constant', layer='_BatchNorm', val=1, bias=1e-4),
]


@MODELS.register_module()
class DBNetPPHead(BaseTextDetHead):
    """Probability and threshold branches, and the approximate binary map ``B = sigmoid(k (P - T))``.

    Inference runs the probability branch only, unless it is told to predict from the binary map. Parameter names are
    those of MMOCR's ``DBHead``, whose checkpoints load. Sigmoids are taken in float32, under autocast too: the steep
    one turns the rounding of half precision into steps.

    Args:
        in_channels: Channels of the fused features, at least 4; the branches have a quarter of them.
        k: Amplification factor of the binary map.
        with_bias: Whether the first convolution of each branch has a bias.
        with_norm: Whether batch normalisation follows the first two layers of each branch. PP-OCRv6's published weights
            have it folded into them.
        with_threshold: Whether there is a threshold branch. Without it there is no differentiable binarization: the
            head is trained as a plain segmentation, the baseline of the paper's ablation.
        predict_from: ``'probability'`` or ``'binary'``: the map that text is found in. The paper finds next to no
            difference, and the first one takes half of the work.
        module_loss: Config of the loss, or ``None`` for a head that only predicts.
        postprocessor: Config of the postprocessor, or ``None`` for a head that only gives maps.
        init_cfg: Initialisation config of mmengine; the official code's by default, but for the last layer of each
            branch, which starts from an almost constant map, see :class:`_LogitLayer`.

    Raises:
        ValueError: If ``in_channels`` is no whole number of at least 4, or a switch neither true nor false; if ``k`` is
            not a positive number, or the loss was configured for another one; for an unknown ``predict_from``, or the
            binary map of a head without threshold branch; in ``forward``, for an unknown mode.
    """

    def __init__(self, in_channels: int, k: float = 50, with_bias: bool = False, with_norm: bool = True,
                 with_threshold: bool = True, predict_from: str = 'probability', module_loss: dict | None = _LOSS,
                 postprocessor: dict | None = _POSTPROCESSOR, init_cfg: Any = _INIT) -> None:
        super().__init__(module_loss=module_loss, postprocessor=postprocessor, init_cfg=init_cfg)
        check_channels('DBNetPPHead', in_channels, least=4)
        check_switches('DBNetPPHead', with_bias=with_bias, with_norm=with_norm, with_threshold=with_threshold)
        if isinstance(k, bool) or not isinstance(k, int | float) or not 0 < k < math.inf:
            raise ValueError(f'DBNetPPHead needs a positive amplification factor k, but got {k!r}.')
        loss_k = getattr(self.module_loss, 'k', None)
        if loss_k not in (None, k):
            raise ValueError(f'DBNetPPHead has k={k}, but its loss was configured for k={loss_k}.')
        if predict_from not in ('probability', 'binary'):
            raise ValueError("DBNetPPHead knows predict_from='probability' and 'binary', "
                             f'but got {predict_from!r}.')
        if predict_from == 'binary' and not with_threshold:
            raise ValueError("DBNetPPHead needs its threshold branch for predict_from='binary', "
                             'but got with_threshold=False.')
        self.k = k
        self.predict_from = predict_from
        self.binarize = _branch(in_channels, with_bias, with_norm, _PRIOR_PROBABILITY)
        self.threshold = (
            _branch(in_channels, with_bias, with_norm, _PRIOR_THRESHOLD) if with_threshold else None)

    def forward(self, x: Tensor, data_samples: Sequence[TextDetDataSample] | None = None,
                mode: str = 'predict') -> Tensor | tuple[Tensor, ...]:
        """Maps of features (N, in_channels, H, W), each float32 of shape (N, 4 H, 4 W).

        Args:
            x: Fused features.
            data_samples: Not used; part of the interface of MMOCR's heads.
            mode: What to return. ``'predict'``: the map that text is found in; ``'loss'``: probability logits,
                threshold map and binary map, or the logits alone where there is no threshold branch; ``'both'``: what
                ``'loss'`` gives, then the probability map.
        """
        if mode not in ('predict', 'loss', 'both'):
            raise ValueError(f"DBNetPPHead knows the modes 'predict', 'loss' and 'both', but got {mode!r}.")
        logits = self.binarize(x).squeeze(1).float()
        prob_map = logits.sigmoid()
        if mode == 'predict' and self.predict_from == 'probability':
            return prob_map
        maps = (logits, *self._binarization(x, prob_map))
        if mode == 'predict':
            return maps[-1]
        return maps if mode == 'loss' else (*maps, prob_map)

    def _binarization(self, x: Tensor, prob_map: Tensor) -> tuple[Tensor, ...]:
        """Threshold map and binary map, or nothing where there is no threshold branch."""
        if self.threshold is None:
            return ()
        threshold_map = self.threshold(x).squeeze(1).float().sigmoid()
        return threshold_map, torch.sigmoid(self.k * (prob_map - threshold_map))

    def loss(self, x: Tensor, data_samples: Sequence[TextDetDataSample]) -> dict[str, Tensor]:
        """Losses of a batch by name."""
        return self.module_loss(self(x, data_samples, mode='loss'), data_samples)

    def loss_and_predict(self, x: Tensor, data_samples: Sequence[TextDetDataSample],
                         ) -> tuple[dict[str, Tensor], Sequence[TextDetDataSample]]:
        """Losses of a batch by name, and its data samples with predictions, from one run of the network."""
        *maps, prob_map = self(x, data_samples, mode='both')
        losses = self.module_loss(tuple(maps), data_samples)
        predicted = maps[-1] if self.predict_from == 'binary' else prob_map
        return losses, self.postprocessor(predicted, data_samples)


class _LogitLayer(nn.ConvTranspose2d):
    """The layer that gives logits, starting close to those of a given probability (arXiv 1708.02002, section 4.1).

    With weights of the usual size the first logits are large and random. Hard negative mining picks the worst of them,
    and what training from scratch learns first is to make this layer's weights vanish, which takes the gradients from
    all layers before it: the maps stay constant for thousands of steps.
    """

    bias: nn.Parameter

    def __init__(self, in_channels: int, prior: float) -> None:
        super().__init__(in_channels, 1, 2, stride=2)
        self.prior = prior

    def init_weights(self) -> None:
        """Called by mmengine after the head's ``init_cfg``, unless that loads a checkpoint."""
        nn.init.normal_(self.weight, std=0.01)
        nn.init.constant_(self.bias, math.log(self.prior / (1 - self.prior)))


def _branch(in_channels: int, with_bias: bool, with_norm: bool, prior: float) -> Sequential:
    """Features to logits at four times their size. The layers stand at the places that they have in MMOCR's head."""
    width = in_channels // 4
    first_norm, second_norm = (nn.BatchNorm2d(width) if with_norm else nn.Identity() for _ in range(2))
    return Sequential(
        nn.Conv2d(in_channels, width, 3, padding=1, bias=with_bias), first_norm, nn.ReLU(inplace=True),
        nn.ConvTranspose2d(width, width, 2, stride=2), second_norm, nn.ReLU(inplace=True),
        _LogitLayer(width, prior))
