"""Choose image size, unclip ratio and thresholds of a detector on its validation set.

    dbnetpp tune configs/dbnetpp_r50_ic15.py weights.pth --sizes 736 960 1152

The network sees each image once per size; all else is tried on its probability maps. The result is a table, the best
row first, and the options of the config for `mim test`, `dbnetpp detect` and so on. Figures to report need other
images than those that the settings were chosen on.
"""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .argument_types import positive, score
from .config_options import add_config_options, parse_config_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbnetpp_plugin.apis.tuning import Tuned

NEEDS_OPENMMLAB = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the detector, and what is tried."""
    from dbnetpp_plugin.evaluation.protocols import PROTOCOLS
    from dbnetpp_plugin.inference.precision import PRECISIONS
    parser.add_argument('config', type=Path, help='its val_dataloader.dataset is the validation set')
    parser.add_argument('weights', help='path or address of the checkpoint')
    parser.add_argument('--sizes', type=positive, nargs='+', metavar='PIXELS',
                        help="shorter sides of the resized image (default: the config's)")
    parser.add_argument('--unclip-ratios', type=float, nargs='+', metavar='RATIO',
                        help='by which regions are grown (default: 1.0 to 2.0 in steps of 0.2)')
    parser.add_argument('--mask-thrs', type=score, nargs='+', metavar='THR',
                        help="thresholds of the probability map (default: the config's)")
    parser.add_argument('--score-thrs', type=score, nargs='+', metavar='THR',
                        help='thresholds of the score (default: 0.3 to 0.95 in steps of 0.05)')
    parser.add_argument('--protocol', choices=[name for name, protocol in PROTOCOLS.items() if not protocol.with_text],
                        default='icdar2015', help='of the evaluation (default: %(default)s)')
    parser.add_argument('--device', help='cpu, cuda, cuda:1 and so on (default: the first GPU, or the CPU)')
    parser.add_argument('--precision', choices=PRECISIONS, default='float32', help='of the network')
    parser.add_argument('--rows', type=positive, default=10, help='of the table (default: %(default)s)')
    add_config_options(parser)


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Choose, and print the table and the options.

    Raises:
        OSError: If a file is missing or cannot be read.
        ValueError: If config, weights or data set are not what they should be.
    """
    from dbnetpp_plugin.apis.tuning import SCORE_THRS, UNCLIP_RATIOS, Tuner
    from dbnetpp_plugin.bulk.progress import ProgressReport, make_console
    from dbnetpp_plugin.config import load_config
    options = parse_config_options(args.cfg_options, parser)
    config = load_config(args.config)
    config.merge_from_dict(options)
    tuner = Tuner(config, args.weights, args.device, args.precision)
    sizes = args.sizes or [tuner.size]
    with ProgressReport(make_console(), 'tuning', len(sizes) * tuner.images) as report:
        tuned = tuner.tune(sizes, args.mask_thrs or [tuner.mask_thr], args.unclip_ratios or UNCLIP_RATIOS,
                           args.score_thrs or SCORE_THRS, args.protocol, report.advance)
    sys.stdout.writelines(f'{line}\n' for line in table(tuned[:args.rows]))
    best = tuned[0].best.tally
    sys.stdout.write(f'\nchosen on {tuner.images} images with {best.ground_truths} texts that count:\n'
                     f'{command_line(tuner.options(tuned[0]))}\n')


def table(tuned: 'Sequence[Tuned]') -> list[str]:
    """A line per setting, after a line of titles."""
    titles = ('size', 'mask_thr', 'unclip', 'score_thr', 'recall', 'precision', 'hmean')
    rows = [(f'{setting.size}', f'{setting.mask_thr:g}', f'{setting.unclip_ratio:g}', f'{best.score_thr:g}',
             *(f'{figure:.4f}' for figure in (best.tally.recall, best.tally.precision, best.tally.hmean)))
            for setting, best in tuned]
    return ['  '.join(cell.rjust(len(title)) for cell, title in zip(row, titles, strict=True))
            for row in (titles, *rows)]


def command_line(options: 'Mapping[str, Any]') -> str:
    """The options as an argument of a shell command."""
    pairs = (f'{name}={str(value).replace(" ", "")}' for name, value in options.items())
    return ' '.join(['--cfg-options', *map(shlex.quote, pairs)])
