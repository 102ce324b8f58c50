#!/usr/bin/env python
"""Draw the curves of a training from the logs in its folder.

    python tools/plot_training.py work_dirs/NAME --keys loss loss_prob loss_thr --out NAME.png

A training that was resumed has several logs; of a step that is in more than one, the last counts. Keys are those of the
log lines, such as loss and lr, and of evaluations, such as icdar2015/hmean. With several folders, each is a curve of
every key. With --minutes, curves are drawn against the time that was spent in training, without the evaluations.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use('Agg')
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

Curve = tuple[np.ndarray, np.ndarray]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dirs', type=Path, nargs='+', metavar='WORK_DIR')
    parser.add_argument('--keys', nargs='+', default=['loss'], help='what to draw, each in a panel (loss)')
    parser.add_argument('--window', type=int, default=10, help='log entries that a curve is the mean of (10)')
    parser.add_argument('--log', action='store_true', help='logarithmic axes of what is drawn')
    parser.add_argument('--minutes', action='store_true', help='draw against minutes of training, not steps')
    parser.add_argument('--out', type=Path, required=True, help='picture to write; its suffix says the format')
    args = parser.parse_args(arguments)
    try:
        if args.window < 1:
            raise ValueError(f'--window is a positive number, got {args.window}')
        curves = {folder.name: read_curves(folder, args.keys, args.minutes) for folder in args.work_dirs}
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')
    args.out.parent.mkdir(parents=True, exist_ok=True)
    panels = draw(curves, args.keys, args.window)
    for panel in panels:
        panel.set(xlabel='minutes' if args.minutes else 'step', yscale='log' if args.log else 'linear')
    panels[0].figure.savefig(args.out, dpi=100)
    plt.close(panels[0].figure)


def read_curves(work_dir: Path, keys: Sequence[str], minutes: bool = False) -> dict[str, Curve]:
    """Read steps and values of each key from the logs of a training.

    Args:
        work_dir: Its folder, in which MMEngine made one named by date for each run.
        keys: Of log lines or evaluations.
        minutes: Whether minutes of training are given instead of steps.

    Returns:
        Two arrays (N,) a key, by step.

    Raises:
        FileNotFoundError: If there is no log.
        ValueError: If a line is not one of a log, or a key is in none.
    """
    logs = sorted(work_dir.glob('*/vis_data/scalars.json'))
    if not logs:
        raise FileNotFoundError(f'there is no */vis_data/scalars.json in {work_dir}')
    values: dict[str, dict[int, float]] = {key: {} for key in keys}
    seconds: dict[int, float] = {}  # of a step, which only lines of training have
    for log in logs:
        for number, line in enumerate(log.read_text().splitlines(), 1):
            try:
                entry = json.loads(line)
                step = entry['step']
            except (ValueError, KeyError, TypeError):
                raise ValueError(f'{log}, line {number}, is not an entry of a log') from None
            for key in values.keys() & entry.keys():
                values[key][step] = entry[key]
            if 'lr' in entry and 'time' in entry:
                seconds[step] = entry['time']
    if absent := [key for key in keys if not values[key]]:
        raise ValueError(f'the logs of {work_dir} have no {", ".join(absent)}')
    curves = {key: _sorted(found) for key, found in values.items()}
    if not minutes:
        return curves
    if not seconds:
        raise ValueError(f'the logs of {work_dir} have no time of the steps')
    steps, each = _sorted(seconds)
    clock = np.cumsum(each * np.diff(steps, prepend=0)) / 60
    return {key: (np.interp(at, steps, clock), found) for key, (at, found) in curves.items()}


def smoothed(values: np.ndarray, window: int) -> np.ndarray:
    """Means over each value and those before it, at most ``window`` together."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def draw(curves: dict[str, dict[str, Curve]], keys: Sequence[str], window: int) -> Sequence[Axes]:
    """Draw a panel a key, with a curve a training; single values are faint behind their mean."""
    panels = plt.subplots(1, len(keys), figsize=(5 * len(keys), 3.5), squeeze=False, layout='constrained')[1][0]
    for panel, key in zip(panels, keys, strict=True):
        for number, (name, of_key) in enumerate(curves.items()):
            steps, values = of_key[key]
            few = len(steps) < 2 * window
            if not few:
                panel.plot(steps, values, color=f'C{number}', alpha=0.25, linewidth=0.8)
                values = smoothed(values, window)
            panel.plot(steps, values, color=f'C{number}', label=name, marker='o' if few else None)
        panel.set_title(key)
        panel.grid(alpha=0.3)
    panels[0].legend()
    return panels


def _sorted(values: dict[int, float]) -> Curve:
    steps = sorted(values)
    return np.array(steps), np.array([values[step] for step in steps])


if __name__ == '__main__':
    main()
