"""Batch normalisation as part of the convolution before it: the same results up to rounding, with less to compute."""

import copy
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from mmengine.logging import MMLogger
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_weights

from dbnetpp_plugin.models.layers.torchvision_dcn import TorchvisionDCNv2

_CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d, TorchvisionDCNv2)
_TRIAL_SIZE = 64  # of the image on which both models are compared
_TOLERANCE = 1e-3  # of the results, which are probabilities or logits of a few units


def fused(model: nn.Module) -> nn.Module:
    """A copy of a model in evaluation mode, in which convolutions have taken up the batch normalisation after them.

    A convolution and a normalisation belong together if they were made one after the other in the same module, as in
    mmcv and torchvision. The model and the copy are tried on an image of noise: where that assumption was wrong the
    results differ, and a copy with all its layers is returned, with a warning.

    Args:
        model: With a ``forward`` that takes images (N, 3, H, W) and gives tensors, in lists and dicts of any depth. It
            is not changed, and shares no parameter with the copy.

    Raises:
        TypeError: If the model gives something else than tensors.
    """
    copied = copy.deepcopy(model).eval()
    reference = _tried(copied)
    fuse_batch_norms(copied)
    if _close(_tried(copied), reference):
        return copied
    MMLogger.get_current_instance().warning(
        f'Batch normalisation stays apart: {type(model).__name__} does not apply its layers in the order it made them.')
    return copy.deepcopy(model).eval()


def fuse_batch_norms(model: nn.Module) -> None:
    """Fold each batch normalisation into the convolution before it, in place, and leave an identity."""
    for module in model.modules():
        for (_, convolution), (name, norm) in pairwise(list(module.named_children())):
            if isinstance(convolution, _CONVOLUTIONS) and isinstance(norm, _BatchNorm) and _fold(convolution, norm):
                setattr(module, name, nn.Identity())


def _fold(convolution: nn.Conv2d | nn.ConvTranspose2d | TorchvisionDCNv2, norm: _BatchNorm) -> bool:
    if norm.running_mean is None or norm.running_var is None:
        return False
    convolution.weight, convolution.bias = fuse_conv_bn_weights(
        convolution.weight, convolution.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias,
        transpose=isinstance(convolution, nn.ConvTranspose2d))
    return True


def _tried(model: nn.Module) -> list[Tensor]:
    """All tensors that the model gives for an image of noise, in order."""
    device = next(model.parameters()).device
    noise = torch.randn(1, 3, _TRIAL_SIZE, _TRIAL_SIZE, generator=torch.Generator().manual_seed(0)).to(device)
    with torch.inference_mode():
        return _tensors(model(noise))


def _tensors(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, Mapping):
        return _tensors(list(result.values()))
    if isinstance(result, Sequence) and not isinstance(result, str):
        return [tensor for part in result for tensor in _tensors(part)]
    raise TypeError(f'the network gives {type(result).__name__} where tensors were expected')


def _close(results: list[Tensor], reference: list[Tensor]) -> bool:
    return [part.shape for part in results] == [part.shape for part in reference] and all(
        torch.allclose(a, b, rtol=_TOLERANCE, atol=_TOLERANCE) for a, b in zip(results, reference, strict=True))
