"""Convolutions that train in parallel branches and predict in one.

Structural re-parameterisation: RepVGG, https://arxiv.org/abs/2101.03697; with dilated branches: UniRepLKNet,
https://arxiv.org/abs/2311.15599. Convolutions, batch normalisations and identities are linear in evaluation mode, so
their sum is a single convolution.

Shapes: N images, C_in and C_out channels, K the kernel size, (H, W) pixels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_weights

SKIPS = ('none', 'identity', 'norm')


class RepConv(nn.Module):
    """The sum of parallel convolutions of one size of output, each with or without batch normalisation.

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: K, odd, or even with the padding left to the caller.
        branches: Kernel size, dilation and whether batch normalisation follows, of each convolution. None reaches
            beyond ``kernel_size``.
        stride: Of all convolutions.
        groups: Of all convolutions.
        skip: What is added to them: ``'none'``, the input as it is (``'identity'``), or the input after a batch
            normalisation (``'norm'``). The last two need as many channels as come in, and stride 1.
        norm: Whether a batch normalisation follows the sum.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, branches: Sequence[tuple[int, int, bool]],
                 *, stride: int | tuple[int, int] = 1, groups: int = 1, skip: str = 'none', norm: bool = False) -> None:
        super().__init__()
        if skip not in SKIPS:
            raise ValueError(f'the skip of a RepConv is one of {", ".join(SKIPS)}, got {skip!r}')
        self.in_channels, self.kernel_size, self.stride, self.groups = in_channels, kernel_size, stride, groups
        # An even kernel has no middle; then the caller pads.
        padded = kernel_size % 2
        self.convs = nn.ModuleList(
            _conv_norm(nn.Conv2d(in_channels, out_channels, size, stride, dilation * (size // 2) * padded, dilation,
                                 groups, bias=False), with_norm)
            for size, dilation, with_norm in branches)
        self.skip = nn.Identity() if skip == 'identity' else nn.BatchNorm2d(in_channels) if skip == 'norm' else None
        self.norm = nn.BatchNorm2d(out_channels) if norm else None

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C_out, H / stride, W / stride) from (N, C_in, H, W)."""
        out = sum(conv(x) for conv in self.convs)
        if self.skip is not None:
            out = out + self.skip(x)
        return out if self.norm is None else self.norm(out)

    @torch.no_grad()
    def merged(self) -> nn.Conv2d:
        """One convolution with a bias that gives what this module gives in evaluation mode."""
        parts = [_branch_kernel(branch, self.kernel_size) for branch in self.convs]
        kernel, bias = (torch.stack(tensors).sum(0) for tensors in zip(*parts, strict=True))
        if self.skip is not None:
            dirac = nn.init.dirac_(torch.zeros_like(kernel), self.groups)
            skip_kernel, skip_bias = _followed_by(self.skip, dirac, torch.zeros_like(bias))
            kernel, bias = kernel + skip_kernel, bias + skip_bias
        if self.norm is not None:
            kernel, bias = _followed_by(self.norm, kernel, bias)
        conv = plain_conv(self.in_channels, len(kernel), self.kernel_size, stride=self.stride, groups=self.groups)
        conv = conv.to(next(self.parameters()))
        conv.load_state_dict({'weight': kernel, 'bias': bias})
        return conv.train(self.training)


def plain_conv(in_channels: int, out_channels: int, kernel_size: int, *, stride: int | tuple[int, int] = 1,
               groups: int = 1) -> nn.Conv2d:
    """The merged form: a convolution with a bias, padded as :class:`RepConv` is."""
    padding = kernel_size // 2 if kernel_size % 2 else 0
    return nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups)


def conv_norm(in_channels: int, out_channels: int, kernel_size: int, *, stride: int | tuple[int, int] = 1,
              groups: int = 1, merged: bool = False) -> nn.Module:
    """A convolution and its batch normalisation, or its merged form."""
    if merged:
        return plain_conv(in_channels, out_channels, kernel_size, stride=stride, groups=groups)
    return RepConv(in_channels, out_channels, kernel_size, [(kernel_size, 1, True)], stride=stride, groups=groups)


def merge_branches(model: nn.Module) -> nn.Module:
    """Replace each :class:`RepConv` in a model by its merged form, in place. Return the model.

    The result has the parameter names of a model that was built in merged form.
    """
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, RepConv):
                setattr(parent, name, child.merged())
    return model


def _conv_norm(conv: nn.Conv2d, with_norm: bool) -> nn.Sequential:
    return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels)) if with_norm else nn.Sequential(conv)


def _branch_kernel(branch: nn.Module, size: int) -> tuple[Tensor, Tensor]:
    """Kernel (C_out, C_in / groups, size, size) and bias (C_out,) of a branch, in float64."""
    conv, *norms = branch.children()
    weight: Tensor = conv.get_parameter('weight').double()
    kernel = _widened(weight, conv.dilation[0], size)  # type: ignore
    bias = kernel.new_zeros(len(kernel))
    return _followed_by(norms[0], kernel, bias) if norms else (kernel, bias)


def _widened(kernel: Tensor, dilation: int, size: int) -> Tensor:
    """A kernel (C_out, C_in, k, k) without dilation and with zeros around it, (C_out, C_in, size, size)."""
    reach = dilation * (kernel.shape[-1] - 1) + 1
    dense = kernel.new_zeros(*kernel.shape[:2], reach, reach)
    dense[..., ::dilation, ::dilation] = kernel
    return F.pad(dense, [(size - reach) // 2] * 4)


def _followed_by(norm: nn.Module, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Kernel and bias of a convolution with its normalisation, or an identity, behind it."""
    if not isinstance(norm, _BatchNorm):
        return kernel, bias
    mean, variance, weight, offset = (
        tensor.double() for tensor in (norm.running_mean, norm.running_var, norm.weight, norm.bias))  # type: ignore
    fused_kernel, fused_bias = fuse_conv_bn_weights(kernel, bias, mean, variance, norm.eps, weight, offset)
    return fused_kernel.detach(), fused_bias.detach()
