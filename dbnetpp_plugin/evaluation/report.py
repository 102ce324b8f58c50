"""Figures as text, with the protocol and the threshold that they belong to."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .evaluate import Evaluated, Point, average_precision, best, recall_by_script, total
from .faults import count_faults, describe_faults
from .protocols import Protocol
from .tally import Tally

COLUMNS = ('image', 'recall', 'precision', 'hmean', 'ground truths', 'found', 'do not care', 'predictions', 'right',
           'left out', 'faults')


def figures(tally: Tally) -> str:
    """Recall, precision and hmean to four digits, and the counts behind them."""
    return (f'recall {tally.recall:.4f} ({tally.recalled:.6g} of {tally.ground_truths})  '
            f'precision {tally.precision:.4f} ({tally.precise:.6g} of {tally.predictions})  hmean {tally.hmean:.4f}')


def as_numbers(tally: Tally) -> dict[str, float]:
    """What figures are made of, for JSON."""
    return {'recall': tally.recall, 'precision': tally.precision, 'hmean': tally.hmean, 'recalled': tally.recalled,
            'precise': tally.precise, 'ground_truths': tally.ground_truths, 'predictions': tally.predictions}


def summary(evaluated: Sequence[Evaluated], protocol: Protocol, score_thr: float | None,
            points: Sequence[Point] = ()) -> dict[str, Any]:
    """All that was computed, for JSON.

    Args:
        evaluated: The images.
        protocol: By which they were evaluated.
        score_thr: Of the predictions; None if all count.
        points: Figures at several score thresholds.
    """
    sides = ([image.score.truth_faults for image in evaluated], [image.score.prediction_faults for image in evaluated])
    numbers: dict[str, Any] = {
        'protocol': protocol.title, 'score_thr': score_thr, 'images': len(evaluated), **as_numbers(total(evaluated)),
        'faults': dict(zip(('ground_truths', 'predictions'), map(count_faults, sides), strict=True))}
    if points:
        numbers['chosen_on_these_data'] = {'score_thr': best(points).score_thr, **as_numbers(best(points).tally)}
        numbers['sweep'] = [{'score_thr': point.score_thr, **as_numbers(point.tally)} for point in points]
    if protocol.by_score and all(image.found.scores is not None for image in evaluated):
        numbers['average_precision'] = average_precision(evaluated)
    scripts = recall_by_script(evaluated)
    if scripts:
        numbers['scripts'] = {script: {'recall': tally.recall, 'found': tally.recalled,
                                       'ground_truths': tally.ground_truths} for script, tally in scripts.items()}
    return numbers


def lines(numbers: dict[str, Any]) -> Iterable[str]:
    """What :func:`summary` found, for people."""
    score_thr = numbers['score_thr']
    yield f'{numbers["protocol"]}, {"all predictions" if score_thr is None else f"score >= {score_thr:g}"}'
    yield figures(_tally(numbers))
    if 'average_precision' in numbers:
        yield f'average precision {numbers["average_precision"]:.4f}'
    if 'chosen_on_these_data' in numbers:
        chosen = numbers['chosen_on_these_data']
        yield (f'best of {len(numbers["sweep"])} score thresholds, chosen on these very images, no test result: '
               f'score >= {chosen["score_thr"]:g}')
        yield figures(_tally(chosen))
    for script, part in numbers.get('scripts', {}).items():
        yield f'{script:>10}  recall {part["recall"]:.4f} ({part["found"]:g} of {part["ground_truths"]})'
    for side, faults in numbers['faults'].items():
        if faults:
            yield f'of the {side.replace("_", " ")}: {describe_faults(faults)}'


def _tally(numbers: dict[str, Any]) -> Tally:
    return Tally(*(numbers[key] for key in ('recalled', 'precise', 'ground_truths', 'predictions')))


def image_table(evaluated: Iterable[Evaluated]) -> str:
    """Figures of each image, as CSV; the figures of all images are not their mean."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator='\n')
    writer.writerow(COLUMNS)
    for image in evaluated:
        score, tally = image.score, image.score.tally
        faults = count_faults([score.truth_faults]), count_faults([score.prediction_faults])
        writer.writerow((
            Path(image.truth.name).name, *(f'{value:.4f}' for value in (tally.recall, tally.precision, tally.hmean)),
            tally.ground_truths, int(score.found.sum()), int(score.ignored.sum()), tally.predictions,
            int(score.right.sum()), int((~score.counted).sum()), sum(sum(side.values()) for side in faults)))
    return table.getvalue()
