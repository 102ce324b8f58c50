"""Curves of a training: reading them from MMEngine's logs, and drawing them.

N values of a key, by step.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curve = tuple[NDArray, NDArray]
"""Steps or minutes (N,), increasing, and values (N,)."""


def read_curves(work_dir: Path, keys: Sequence[str], minutes: bool = False) -> dict[str, Curve]:
    """Read the values of some keys from the logs of a training.

    Args:
        work_dir: Its folder, in which MMEngine made one named by date for each run. For a step that is in the logs of
            several runs, the last run counts.
        keys: Of log lines or evaluations.
        minutes: Whether minutes of training are given instead of steps.

    Returns:
        A curve per key.

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
    curves = {key: _by_step(found) for key, found in values.items()}
    if not minutes:
        return curves
    if not seconds:
        raise ValueError(f'the logs of {work_dir} have no time of the steps')
    steps, each = _by_step(seconds)
    clock = np.cumsum(each * np.diff(steps, prepend=0)) / 60
    return {key: (np.interp(at, steps, clock), found) for key, (at, found) in curves.items()}


def smoothed(values: NDArray, window: int) -> NDArray:
    """Mean of each value and those before it, at most ``window`` together."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def draw_curves(curves: Mapping[str, Mapping[str, Curve]], keys: Sequence[str], window: int) -> 'Figure':
    """Draw one panel per key, with one curve per training; single values are faint behind their mean.

    Args:
        curves: By name of the training, what :func:`read_curves` gives.
        keys: Of the panels, in their order.
        window: How many values each point of a curve is the mean of; curves with fewer than twice as many values are
            drawn as they are.
    """
    from matplotlib.figure import Figure  # takes a third of a second, which reading logs does not need

    figure = Figure(figsize=(5 * len(keys), 3.5), layout='constrained')
    panels = figure.subplots(1, len(keys), squeeze=False)[0]
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
    return figure


def _by_step(values: dict[int, float]) -> Curve:
    steps = sorted(values)
    return np.array(steps), np.array([values[step] for step in steps])
