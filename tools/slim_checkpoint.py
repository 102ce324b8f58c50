#!/usr/bin/env python
"""Keep the weights of a checkpoint and leave the state of its training out, to publish them.

    python tools/slim_checkpoint.py work_dirs/NAME/iter_2400.pth NAME.pth --half
    python tools/slim_checkpoint.py work_dirs/NAME_1/iter_2400.pth work_dirs/NAME_2/iter_2400.pth mean.pth

Of several checkpoints of one model, trained one after the other, the mean is taken, which is often better than each
(stochastic weight averaging, arXiv 1803.05407). With --half, weights of convolutions and linear layers are stored in 16
bits, which halves the file; loading makes 32 bits of them again.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from dbnetpp_plugin.apis.model_building import read_checkpoint, state_dict_of
from dbnetpp_plugin.conversion.layout import few


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoints', type=Path, nargs='+', metavar='CHECKPOINT')
    parser.add_argument('out', type=Path, help='file to write')
    parser.add_argument('--half', action='store_true', help='store 16 bits instead of 32')
    args = parser.parse_args(arguments)
    try:
        state = mean({path.as_posix(): state_dict_of(read_checkpoint(path), path) for path in args.checkpoints})
        slim = {name: halved(name, values) if args.half else values for name, values in state.items()}
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({'state_dict': slim, 'meta': {'source': ', '.join(path.name for path in args.checkpoints)}}, args.out)


def mean(states: Mapping[str, Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Mean of the parameters of several state dicts; of whole numbers, such as counters, those of the last.

    Args:
        states: By the name that is said if they do not fit each other.

    Raises:
        ValueError: If a parameter is not in all of them, or not of one shape.
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
    """In 16 bits, if they are weights of a convolution or a linear layer.

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


if __name__ == '__main__':
    main()
