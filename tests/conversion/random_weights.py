"""Random weights with which a deep network still gives a lively map, so that wrong wiring shows in it."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor


def random_state(shapes: Mapping[str, tuple[int, ...]], seed: int = 0) -> dict[str, Tensor]:
    """Values for every name: weights scaled by fan-in, variances around 1, offsets of some pixels."""
    generator = torch.Generator().manual_seed(seed)
    return {name: _values(name, shape, generator) for name, shape in shapes.items()}


def _values(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    if name.endswith('num_batches_tracked'):
        return torch.tensor(7)
    if name.endswith('running_var'):
        return 0.5 + torch.rand(shape, generator=generator)
    noise = torch.randn(shape, generator=generator)
    if len(shape) > 1:
        return noise * math.sqrt(2 / math.prod(shape[1:]))
    is_scale = name.endswith('weight')
    # Scales of less than 1, or the sums over residual branches grow out of all bounds.
    return (0.5 if is_scale else 0.0) + 0.1 * noise
