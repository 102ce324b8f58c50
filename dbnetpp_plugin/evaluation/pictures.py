"""What of an evaluated image is to be drawn, and a plot of precision over recall."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .evaluate import Evaluated, Point, best

Color = tuple[int, int, int]
# BGR, and told apart by the colour-blind too: https://jfly.uni-koeln.de/color.
LEGEND: dict[str, Color] = {
    'missed ground truth': (0, 94, 213),  # red
    'false alarm': (66, 228, 240),  # yellow
    'found ground truth': (115, 158, 0),  # green
    'right prediction': (233, 180, 86),  # blue
    'do not care': (153, 153, 153),  # grey
}


def layers(image: Evaluated) -> Iterator[tuple[list[NDArray], Color]]:
    """Outlines to be drawn over one another, with their colours; the most telling last."""
    score = image.score
    wanted = {
        'do not care': (image.truth, score.ignored),
        'found ground truth': (image.truth, ~score.ignored & score.found),
        'right prediction': (image.found, score.right),
        'false alarm': (image.found, score.counted & ~score.right),
        'missed ground truth': (image.truth, ~score.ignored & ~score.found),
    }
    for kind, (side, flags) in wanted.items():
        outlines = [side.polygons[index] for index in np.flatnonzero(flags)]
        yield [outline for outline in outlines if len(outline) and np.isfinite(outline).all()], LEGEND[kind]


def has_errors(image: Evaluated) -> bool:
    """Whether anything was missed, or found where nothing is."""
    score = image.score
    return bool((~score.ignored & ~score.found).any() or (score.counted & ~score.right).any())


def plot_precision_recall(points: Sequence[Point], title: str, path: Path) -> None:
    """Write a plot of precision over recall.

    Args:
        points: Figures at several score thresholds.
        title: What they hold for.
        path: Of the picture; its suffix decides the format.
    """
    from matplotlib.figure import Figure  # takes a second to import

    figure = Figure(figsize=(6, 6), layout='constrained')
    axes = figure.add_subplot(xlabel='recall', ylabel='precision', xlim=(0, 1), ylim=(0, 1), aspect='equal')
    axes.set_title(title, fontsize='small', wrap=True)
    used = [point for point in points if point.tally.predictions]
    axes.plot([point.tally.recall for point in used], [point.tally.precision for point in used], marker='.')
    if used:
        top = best(used)
        axes.annotate(f'hmean {top.tally.hmean:.4f} at score >= {top.score_thr:g},\nchosen on these images',
                      (top.tally.recall, top.tally.precision), (0.05, 0.05), arrowprops={'arrowstyle': '->'})
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)
