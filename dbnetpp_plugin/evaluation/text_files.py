"""Reading text files with one outline a line, as the ICDAR competitions and MSRA-TD500 (``.gt``) have them.

Ground truth: ``x1,y1,...,xk,yk,transcription``; MLT puts a script before the transcription. Predictions:
``x1,y1,...,xk,yk[,score][,transcription]``. A transcription may hold commas, may be quoted, and ``###`` is do-not-care.

Where the number of points is free, a line's numbers are coordinates up to the last pair; one number more is the score
of a prediction, or the transcription of a ground truth. If all words of a submission that are no numbers have a score
before them, so have those that are. In all lines of a submission, the first field after the coordinates is a score if
it is a number in every line.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.annotations.lines import lines_of
from dbnetpp_plugin.annotations.td500 import parse_box
from dbnetpp_plugin.annotations.text_lines import (
    NUMBER,
    Line,
    TextLine,
    leading_numbers,
    parse_line,
    read_text_lines,
    transcription,
)

from .text_image import TextImage


def read_ground_truths(files: Mapping[str, str], points: int | None) -> dict[str, TextImage]:
    """Read the ground truth of a data set.

    Args:
        files: Name -> content.
        points: How many an outline has; None where that is free.

    Returns:
        Name -> image, with transcriptions, and with scripts if each line has one.

    Raises:
        ValueError: If a line cannot be read; the message names file and line.
    """
    td500 = {name: _td500(name, content) for name, content in files.items() if _is_td500(name)}
    lines = read_text_lines({name: content for name, content in files.items() if name not in td500}, points)
    scripted = all(line.script is not None for image in lines.values() for line in image) and any(lines.values())
    return {**{name: _ground_truth(name, image, scripted) for name, image in lines.items()}, **td500}


def read_predictions(files: Mapping[str, str], points: int | None, with_text: bool = False) -> dict[str, TextImage]:
    """Read the submission of a detector.

    Args:
        files: Name -> content.
        points: How many an outline has; None where that is free.
        with_text: Whether the transcription is needed; a number that ends a line is then no score.

    Returns:
        Name -> image, with scores if each line has one, and transcriptions otherwise, or both.

    Raises:
        ValueError: If a line cannot be read; the message names file and line.
    """
    boxes = {name: _td500(name, content) for name, content in files.items() if _is_td500(name)}
    texts = {name: content for name, content in files.items() if name not in boxes}
    every_line = [line for name, content in texts.items() for _, line in lines_of(content, name)]
    number_words = points is None and _words_have_scores(every_line)
    lines = {name: [parse_line(where, line, points, scored=True, shorter=number_words)
                    for where, line in lines_of(content, name)] for name, content in texts.items()}
    every = [line for image in lines.values() for line in image]
    scored = bool(every) and all(_starts_with_score(line, with_text) for line in every)
    return {**{name: _prediction(name, image, scored) for name, image in lines.items()}, **boxes}


def _words_have_scores(lines: Sequence[str]) -> bool:
    counts = [(leading_numbers(fields), len(fields)) for fields in (line.split(',') for line in lines)]
    return any(leading < fields for leading, fields in counts) and all(
        leading % 2 for leading, fields in counts if leading < fields)


def _starts_with_score(line: Line, with_text: bool) -> bool:
    score, comma, _ = (line.rest or '').partition(',')
    return NUMBER.fullmatch(score) is not None and (bool(comma) or not with_text)


def _ground_truth(name: str, lines: Sequence[TextLine], scripted: bool) -> TextImage:
    return TextImage(name, [np.reshape(line.outline, (-1, 2)) for line in lines],
                     np.array([line.ignored for line in lines], bool), None, [line.text for line in lines],
                     [line.script or '' for line in lines] if scripted else None)


def _prediction(name: str, lines: Sequence[Line], scored: bool) -> TextImage:
    parts = [(line.rest or '').partition(',') if scored else ('', '', line.rest or '') for line in lines]
    return TextImage(name, _outlines(lines), np.zeros(len(lines), bool),
                     np.array([float(score) for score, _, _ in parts]) if scored else None,
                     [transcription(text) for _, _, text in parts])


def _outlines(lines: Sequence[Line]) -> list[NDArray[np.float64]]:
    return [np.reshape(line.coordinates, (-1, 2)) for line in lines]


def _is_td500(name: str) -> bool:
    return name.lower().endswith('.gt')


def _td500(name: str, content: str) -> TextImage:
    """Of MSRA-TD500: ``index difficult x y w h theta``; difficult lines are do-not-care."""
    polygons, difficult = [], []
    for where, line in lines_of(content, name):
        box, is_ignored = parse_box(line.split(), line, where)
        polygons.append(np.reshape(box, (-1, 2)))
        difficult.append(is_ignored)
    return TextImage(name, polygons, np.array(difficult, bool))
