"""Compare trainings of several seeds in a table, from their logs.

    dbnetpp compare work_dirs/ablation/* --keys icdar2015/recall icdar2015/precision icdar2015/hmean

Folders are named NAME_SEED, and those of one name are one row: how many there are, then the mean and the standard
deviation of the last value of each key, in per cent.
"""

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

NEEDS_OPENMMLAB = False
KEYS = ('icdar2015/recall', 'icdar2015/precision', 'icdar2015/hmean')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folders and the keys."""
    parser.add_argument('work_dirs', type=Path, nargs='+', metavar='WORK_DIR')
    parser.add_argument('--keys', nargs='+', default=KEYS, help=f'of evaluations (default: {" ".join(KEYS)})')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Print the table.

    Raises:
        OSError: If a log is missing or cannot be read.
        ValueError: If a log is damaged or lacks a key, or a folder is not named NAME_SEED.
    """
    sys.stdout.write(table(last_values(args.work_dirs, args.keys), args.keys))


def last_values(work_dirs: Sequence[Path], keys: Sequence[str]) -> dict[str, list[list[float]]]:
    """The last value of each key in each training, by name without the seed.

    Raises:
        FileNotFoundError: If a folder has no log.
        ValueError: If a name does not end in a seed, or a key is in no line of a log.
    """
    from dbnetpp_plugin.visualization.training_curves import read_curves
    values = defaultdict(list)
    for folder in work_dirs:
        name, _, seed = folder.name.rpartition('_')
        if not name or not seed.isdecimal():
            raise ValueError(f'{folder} is not named NAME_SEED')
        values[name].append([float(found[-1]) for _, found in read_curves(folder, keys).values()])
    return dict(values)


def table(values: dict[str, list[list[float]]], keys: Sequence[str]) -> str:
    """A table in Markdown, one row per name."""
    lines = [['', 'seeds', *keys], ['---'] * (len(keys) + 2)]
    for name, of_seeds in values.items():
        lines.append([name, str(len(of_seeds)), *(spread(of_key) for of_key in zip(*of_seeds, strict=True))])
    return ''.join(f'| {" | ".join(cells)} |\n' for cells in lines)


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation in per cent; of one value there is no deviation."""
    mean = f'{100 * statistics.fmean(values):.1f}'
    return f'{mean} ± {100 * statistics.stdev(values):.1f}' if len(values) > 1 else mean
