"""Modulated deformable convolution without compiled code of mmcv.

Deformable ConvNets v2, https://arxiv.org/abs/1811.11168. mmcv's ``DCNv2`` needs the full mmcv, which has no wheel for
today's PyTorch; torchvision ships the same operator.
"""

import math

import torch
from mmocr.registry import MODELS
from torch import Tensor, nn
from torch.nn.modules.utils import _pair
from torchvision.ops import deform_conv2d

from .deformable_rows import deform_conv2d_rows

_OFFSET_LAYOUTS = ('strided', 'dense')


@MODELS.register_module()
class TorchvisionDCNv2(nn.Module):
    """A convolution that learns where to sample, and how much each sample counts.

    A drop-in for mmcv's ``DCNv2`` (``ModulatedDeformConv2dPack``): the same parameter names, shapes, channel order and
    initial values, so that weights move both ways and ``mmdet.ResNet(dcn=dict(type='TorchvisionDCNv2', ...))`` works.
    ``conv_offset`` gives, for ``K = kernel_h * kernel_w`` taps in each of G deformable groups, ``2 * G * K`` offsets
    (y before x, in pixels), then ``G * K`` mask logits.

    The sampling is done in at least float32, under autocast and for half-precision weights too: torchvision's operator
    has no bfloat16, and offsets in half precision lose sub-pixel accuracy in wide images. The output has the dtype of
    an ordinary convolution.

    On a CPU, :func:`~.deformable_rows.deform_conv2d_rows` takes the place of torchvision's operator, and is several
    times faster; not in traces and exported models, and not with ``groups``.

    The optimizer constructor of mmengine knows only mmcv's classes, so ``dcn_offset_lr_mult`` has no effect here:
    ``paramwise_cfg=dict(custom_keys={'conv_offset': dict(lr_mult=0.1)})`` says the same.

    Weights of the official code of DBNet (github.com/MhLiao/DB) were trained with another reading of the offsets where
    the stride is not 1. Its ``conv2_offset`` has stride 1, and its CUDA kernel walks through an image's offsets as if
    they had the size of the output: it takes the first values in memory, which belong to other channels and pixels.
    ``offset_layout='dense'`` does the same. With stride 1 both layouts are one.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: Size of the kernel, one number or (height, width); so are ``stride``, ``padding``, ``dilation``.
        stride: Stride of the kernel, and in the strided layout of the convolution that predicts the offsets.
        padding: Zeros around the input.
        dilation: Distance between taps.
        groups: Groups of the weight.
        deform_groups: Groups of input channels that have offsets of their own.
        bias: Whether a bias is added.
        offset_layout: ``'strided'``, as in mmcv and MMOCR: one set of offsets is predicted for each output pixel.
            ``'dense'``, as in the official code of DBNet, for its weights.

    Raises:
        ValueError: If the groups do not divide the channels, or for an unknown layout.
    """

    # Written into state dicts: mmcv takes the names of layers without it for those of its first version.
    _version = 2

    bias: nn.Parameter | None

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int | tuple[int, int],
                 stride: int | tuple[int, int] = 1, padding: int | tuple[int, int] = 0,
                 dilation: int | tuple[int, int] = 1, groups: int = 1, deform_groups: int = 1,
                 bias: bool = True, offset_layout: str = 'strided') -> None:
        super().__init__()
        if offset_layout not in _OFFSET_LAYOUTS:
            raise ValueError("TorchvisionDCNv2 knows the offset layouts 'strided' and 'dense', "
                             f'but got {offset_layout!r}.')
        for name, divisor in (('groups', groups), ('deform_groups', deform_groups)):
            if in_channels % divisor:
                raise ValueError(f'TorchvisionDCNv2 needs in_channels divisible by {name}, '
                                 f'but got in_channels={in_channels} and {name}={divisor}.')
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = _pair(kernel_size)
        self.stride = _pair(stride)
        self.padding = _pair(padding)
        self.dilation = _pair(dilation)
        self.groups = groups
        self.deform_groups = deform_groups
        self.offset_layout = offset_layout
        # Read by mmcv's ConvModule, as from nn.Conv2d.
        self.transposed = False
        self.output_padding = (0,)

        self.weight = nn.Parameter(torch.empty(out_channels, in_channels // groups, *self.kernel_size))
        self.register_parameter('bias', nn.Parameter(torch.empty(out_channels)) if bias else None)
        self.conv_offset = nn.Conv2d(in_channels, 3 * deform_groups * math.prod(self.kernel_size), self.kernel_size,
                                     self.stride if offset_layout == 'strided' else 1, self.padding, self.dilation)
        self.init_weights()

    def init_weights(self) -> None:
        """Start as half of an ordinary convolution: offsets 0, masks sigmoid(0).

        mmengine calls this after it has initialised every ``nn.Conv2d`` of a backbone, ``conv_offset`` among them.
        """
        bound = 1 / math.sqrt(self.in_channels * math.prod(self.kernel_size))
        nn.init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            nn.init.zeros_(self.bias)
        for parameter in self.conv_offset.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve ``x`` of shape (N, C, H, W); the output has the size that ``nn.Conv2d`` would give."""
        sampling = self.conv_offset(x)
        dtype = torch.promote_types(sampling.dtype, torch.float32)
        taps = self.deform_groups * math.prod(self.kernel_size)
        offset, mask = sampling.to(dtype).split([2 * taps, taps], dim=1)
        if self.offset_layout == 'dense' and self.stride != (1, 1):
            offset, mask = (_leading_values(values, self.stride) for values in (offset, mask))
        geometry = self.stride, self.padding, self.dilation
        if _best_by_rows(x) and self.groups == 1:
            return deform_conv2d_rows(x.to(dtype), offset, self.weight, self.bias, *geometry, mask.sigmoid())
        bias = None if self.bias is None else self.bias.to(dtype)
        out = deform_conv2d(x.to(dtype), offset, self.weight.to(dtype), bias, *geometry, mask.sigmoid())
        return out.to(sampling.dtype)


def _best_by_rows(x: Tensor) -> bool:
    # Traces and compiled models keep torchvision's operator, which their backends know; ONNX's runtimes do not.
    return x.device.type == 'cpu' and (
        torch.onnx.is_in_onnx_export() or not (torch.jit.is_tracing() or torch.compiler.is_compiling()))


def _leading_values(values: Tensor, stride: tuple[int, int]) -> Tensor:
    """The first values of each (C, H, W) in memory, as many as (C, ceil(H / stride), ceil(W / stride)) takes."""
    channels, *dense = values.shape[1:]
    size = [-(-length // step) for length, step in zip(dense, stride, strict=True)]
    return values.flatten(1)[:, :channels * size[0] * size[1]].unflatten(1, (channels, *size))
