#!/usr/bin/env python
"""Keep the weights of a checkpoint and leave the state of its training out, to publish them.

    python tools/slim_checkpoint.py work_dirs/NAME/iter_2400.pth NAME.pth --half

With --half, weights of convolutions and linear layers are stored in 16 bits, which halves the file; loading makes 32
bits of them again.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from dbnetpp_plugin.apis.model_building import read_checkpoint, state_dict_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('out', type=Path, help='file to write')
    parser.add_argument('--half', action='store_true', help='store 16 bits instead of 32')
    args = parser.parse_args(arguments)
    try:
        state = state_dict_of(read_checkpoint(args.checkpoint), args.checkpoint)
        slim = {name: halved(name, values) if args.half else values for name, values in state.items()}
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({'state_dict': slim, 'meta': {'source': args.checkpoint.name}}, args.out)


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
