"""Keep only the weights of a checkpoint, or the mean of several, to publish them.

    dbnetpp slim work_dirs/NAME/iter_2400.pth NAME.pth --half
    dbnetpp slim work_dirs/NAME_1/iter_2400.pth work_dirs/NAME_2/iter_2400.pth mean.pth

The state of the training is left out. The mean of several checkpoints of one model, trained one after the other, is
often better than each of them (stochastic weight averaging, arXiv 1803.05407). With --half, weights of convolutions and
linear layers are stored in 16 bits, which halves the file; loading makes 32 bits of them again.
"""

import argparse
from pathlib import Path

NEEDS_OPENMMLAB = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the checkpoints, and how they are stored."""
    parser.add_argument('checkpoints', type=Path, nargs='+', metavar='CHECKPOINT')
    parser.add_argument('out', type=Path, help='file to write')
    parser.add_argument('--half', action='store_true', help='store 16 bits instead of 32')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Write the weights.

    Raises:
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If a file is not a checkpoint, checkpoints are of different models, or 16 bits cannot hold a weight.
    """
    from dbnetpp_plugin.conversion.slimming import slim_checkpoints
    slim_checkpoints(args.checkpoints, args.out, args.half)
