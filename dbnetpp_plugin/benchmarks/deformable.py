"""Time of a modulated deformable convolution on a CPU: torchvision's operator and this project's, and how far apart.

Both get the same input, by turns.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torchvision.ops import deform_conv2d

from dbnetpp_plugin.models.layers.deformable_rows import deform_conv2d_rows

from .timing import times_by_turns

OPERATORS: dict[str, Callable[..., Tensor]] = {'torchvision': deform_conv2d, 'dbnetpp': deform_conv2d_rows}
LAYERS = ((128, 92, 160), (256, 46, 80), (512, 23, 40))  # channels, height, width: ResNet-50 on 1280 x 736
KERNEL, TAPS = (3, 3), 9
GEOMETRY = (1, 1), (1, 1), (1, 1)  # stride, padding, dilation


def run(repeats: int, seed: int, layers: Sequence[tuple[int, int, int]] = LAYERS) -> dict[str, Any]:
    """Time both operators on each layer, without gradients and with them.

    Args:
        repeats: How often each is timed, after one warm-up.
        seed: Of the input.
        layers: Channels, height and width of each.

    Returns:
        A list 'cases' of 'layer'; 'pass', 'prediction' or 'training', which is forward and backward; 'torchvision' and
        'dbnetpp', median, 10th and 90th percentile of processor milliseconds; 'speedup', the ratio of the medians;
        'difference', the largest of the outputs relative to the largest value.
    """
    cases = []
    for layer in layers:
        tensors = make_input(*layer, seed)
        difference = relative_difference(*(predict(operator, tensors) for operator in OPERATORS.values()))
        for name, step in (('prediction', predict), ('training', train)):
            times = times_by_turns({key: partial(step, operator, tensors) for key, operator in OPERATORS.items()},
                                   repeats)
            cases.append({'layer': list(layer), 'pass': name, **times, 'difference': difference,
                          'speedup': times['torchvision']['median'] / times['dbnetpp']['median']})
    return {'cases': cases, 'repeats': repeats}


def make_input(channels: int, height: int, width: int, seed: int) -> list[Tensor]:
    """Input, offsets of about a pixel, weight, bias and mask, all with gradients."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(1, channels, height, width), (1, 2 * TAPS, height, width), (channels, channels, *KERNEL), (channels,),
              (1, TAPS, height, width)]
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


def predict(operator: Callable[..., Tensor], tensors: Sequence[Tensor]) -> Tensor:
    """The output, in inference mode."""
    *inputs, mask = tensors
    with torch.inference_mode():
        return operator(*inputs, *GEOMETRY, mask)


def train(operator: Callable[..., Tensor], tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Gradients of all tensors."""
    *inputs, mask = tensors
    return torch.autograd.grad(operator(*inputs, *GEOMETRY, mask).sum(), tensors)


def relative_difference(one: Tensor, other: Tensor) -> float:
    """Largest absolute difference, relative to the largest absolute value."""
    return float((one - other).abs().max() / one.abs().max())
