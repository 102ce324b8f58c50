"""Batch normalisation as part of the convolution before it: the same results up to rounding, with less to compute."""

import copy
from itertools import pairwise

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
    mmcv and torchvision. Both models are tried on an image of noise: where that assumption was wrong the results
    differ, and the model itself is returned, with a warning.

    Args:
        model: With a ``forward`` that takes images (N, 3, H, W), and gives maps or features.
    """
    lighter = copy.deepcopy(model)
    fuse_batch_norms(lighter)
    reference, result = _tried(model), _tried(lighter)
    if all(torch.allclose(a, b, rtol=_TOLERANCE, atol=_TOLERANCE) for a, b in zip(reference, result, strict=True)):
        return lighter
    MMLogger.get_current_instance().warning(
        f'Batch normalisation stays apart: {type(model).__name__} does not apply its layers in the order it made them.')
    return model


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
    device = next(model.parameters()).device
    noise = torch.randn(1, 3, _TRIAL_SIZE, _TRIAL_SIZE, generator=torch.Generator().manual_seed(0)).to(device)
    with torch.inference_mode():
        result = model(noise)
    return [result] if isinstance(result, Tensor) else list(result)
