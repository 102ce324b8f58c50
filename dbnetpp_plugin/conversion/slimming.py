"""Checkpoints to publish: weights without the state of their training, means of several, and 16 bits."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from dbnetpp_plugin.files import atomic_write
from dbnetpp_plugin.wording import few

from .checkpoint_files import read_checkpoint, state_dict_of


def slim_checkpoints(sources: Sequence[Path], out: Path, half: bool = False) -> None:
    """Write the weights of a checkpoint, or the mean of several, to a new checkpoint.

    Args:
        sources: One checkpoint or more.
        out: File to write.
        half: Whether weights are stored in 16 bits, see :func:`halved`.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If a file is not a checkpoint, checkpoints are of different models, or 16 bits cannot hold a weight.
    """
    state = mean({path.as_posix(): state_dict_of(read_checkpoint(path), path) for path in sources})
    slim = {name: halved(name, values) if half else values for name, values in state.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(out) as temporary:
        torch.save({'state_dict': slim, 'meta': {'source': ', '.join(path.name for path in sources)}}, temporary)


def mean(states: Mapping[str, Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Mean of the parameters of several state dicts; whole numbers, such as counters, are those of the last.

    Args:
        states: By the name that errors call them.

    Raises:
        ValueError: If a parameter is not in all of them, or does not have the same shape in all.
    """
    (first_name, first), *others = states.items()
    for name, state in others:
        wrong = [key for key in {**first, **state}
                 if key not in first or key not in state or first[key].shape != state[key].shape]
        if wrong:
            raise ValueError(f'{name} is of another model than {first_name}: they differ in {few(wrong)}')
    every = {key: [state[key] for state in states.values()] for key in first}
    return {key: torch.stack(values).mean(0) if values[-1].is_floating_point() else values[-1]
            for key, values in every.items()}


def halved(name: str, values: Tensor) -> Tensor:
    """Values in 16 bits, if they are weights of a convolution or a linear layer; otherwise as they are.

    Biases and the statistics of normalisation are few, and may be large or tiny.

    Raises:
        ValueError: If a weight is too large for 16 bits.
    """
    if values.ndim < 2 or not values.is_floating_point():
        return values
    half = values.half()
    if not half.isfinite().all():
        raise ValueError(f'{name} has values that 16 bits cannot hold: leave --half out')
    return half
