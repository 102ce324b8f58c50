"""Draw the curves of a training from its logs.

    dbnetpp plot work_dirs/NAME --keys loss loss_prob loss_thr --out NAME.png

A training that was resumed has several logs; for a step that is in more than one, the last counts. Keys are those of
the log lines, such as loss and lr, and of evaluations, such as icdar2015/hmean. With several folders, each is one curve
per key. With --minutes, curves are drawn against the time that was spent in training, without the evaluations.
"""

import argparse
from pathlib import Path

NEEDS_OPENMMLAB = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folders, what is drawn, and where."""
    parser.add_argument('work_dirs', type=Path, nargs='+', metavar='WORK_DIR')
    parser.add_argument('--keys', nargs='+', default=['loss'], help='what to draw, one panel each (default: loss)')
    parser.add_argument('--window', type=int, default=10,
                        help='how many log entries each point is the mean of (default: 10)')
    parser.add_argument('--log', action='store_true', help='logarithmic axes of what is drawn')
    parser.add_argument('--minutes', action='store_true', help='draw against minutes of training, not steps')
    parser.add_argument('--out', type=Path, required=True, help='picture to write; its suffix says the format')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Read the logs and write the picture.

    Raises:
        OSError: If a log is missing or cannot be read, or the picture cannot be written.
        ValueError: If a log is damaged or lacks a key, or the window is not positive.
    """
    from dbnetpp_plugin.visualization.training_curves import draw_curves, read_curves
    if args.window < 1:
        raise ValueError(f'--window is a positive number, got {args.window}')
    curves = {folder.name: read_curves(folder, args.keys, args.minutes) for folder in args.work_dirs}
    figure = draw_curves(curves, args.keys, args.window)
    for panel in figure.axes:
        panel.set(xlabel='minutes' if args.minutes else 'step', yscale='log' if args.log else 'linear')
    args.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(args.out, dpi=100)
