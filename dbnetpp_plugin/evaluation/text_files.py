"""Reading text files with one outline a line, as the ICDAR competitions and MSRA-TD500 (``.gt``) have them.

Ground truth: ``x1,y1,...,xk,yk,transcription``; MLT puts a script before the transcription. Predictions:
``x1,y1,...,xk,yk[,score][,transcription]``. A transcription may hold commas, may be quoted, and ``###`` is do-not-care.

Where the number of points is free, a line's numbers are coordinates up to the last pair; one number more is the score
of a prediction, or the transcription of a ground truth. If all words of a submission that are no numbers have a score
before them, so have those that are. In all lines of a submission, the first field after the coordinates is a score if
it is a number in every line.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.lines import lines_of
from dbnetpp_plugin.annotations.td500 import parse_box

from .text_image import TextImage

NUMBER = re.compile(r'\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*')
QUOTED = re.compile(r'\s*"(.*)"\s*')
# Of ICDAR 2017 MLT, and the one that its 2019 edition added.
SCRIPTS = frozenset(('Arabic', 'Latin', 'Chinese', 'Japanese', 'Korean', 'Bangla', 'Hindi', 'Symbols', 'Mixed', 'None'))


class Line(NamedTuple):
    """Coordinates of a line, and what follows them."""

    where: str
    coordinates: list[float]
    rest: str | None


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
    lines = {name: [_parse(where, line, points, scored=False) for where, line in lines_of(content, name)]
             for name, content in files.items() if name not in td500}
    scripted = _all_have_scripts([line for image in lines.values() for line in image])
    return {**{name: _ground_truth(name, image, scripted) for name, image in lines.items()},
            **td500}


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
    lines = {name: [_parse(where, line, points, scored=True, number_words=number_words)
                    for where, line in lines_of(content, name)] for name, content in texts.items()}
    every = [line for image in lines.values() for line in image]
    scored = bool(every) and all(_starts_with_score(line, with_text) for line in every)
    return {**{name: _prediction(name, image, scored) for name, image in lines.items()}, **boxes}


def _words_have_scores(lines: Sequence[str]) -> bool:
    counts = [(_leading_numbers(fields), len(fields)) for fields in (line.split(',') for line in lines)]
    return any(leading < fields for leading, fields in counts) and all(
        leading % 2 for leading, fields in counts if leading < fields)


def _leading_numbers(fields: Sequence[str]) -> int:
    return next((index for index, field in enumerate(fields) if not NUMBER.fullmatch(field)), len(fields))


def _parse(where: str, line: str, points: int | None, scored: bool, number_words: bool = False) -> Line:
    fields = line.split(',')
    leading = _leading_numbers(fields)
    count = leading - leading % 2 if points is None else 2 * points
    if number_words and leading == len(fields) == count:
        count -= 2
    if count < 6 or leading < count:
        shape = 'x1,y1,x2,y2,x3,y3,...' if points is None else ','.join(f'x{k},y{k}' for k in range(1, points + 1))
        raise ValueError(f'{where}: expected {shape}{"[,score]" if scored else ""}[,transcription], got {line!r:.80}')
    rest = ','.join(fields[count:]) if len(fields) > count else None
    return Line(where, [float(field) for field in fields[:count]], rest)


def _starts_with_score(line: Line, with_text: bool) -> bool:
    score, comma, _ = (line.rest or '').partition(',')
    return NUMBER.fullmatch(score) is not None and (bool(comma) or not with_text)


def _all_have_scripts(lines: Sequence[Line]) -> bool:
    return bool(lines) and all((line.rest or '').partition(',')[0].strip() in SCRIPTS and ',' in (line.rest or '')
                               for line in lines)


def _ground_truth(name: str, lines: Sequence[Line], scripted: bool) -> TextImage:
    parts = [(line.rest or '').partition(',') if scripted else ('', '', line.rest or '') for line in lines]
    texts = [_transcription(text) for _, _, text in parts]
    return TextImage(name, _outlines(lines), np.array([is_ignored_text(text) for text in texts], bool), None, texts,
                     [script.strip() for script, _, _ in parts] if scripted else None)


def _prediction(name: str, lines: Sequence[Line], scored: bool) -> TextImage:
    parts = [(line.rest or '').partition(',') if scored else ('', '', line.rest or '') for line in lines]
    return TextImage(name, _outlines(lines), np.zeros(len(lines), bool),
                     np.array([float(score) for score, _, _ in parts]) if scored else None,
                     [_transcription(text) for _, _, text in parts])


def _outlines(lines: Sequence[Line]) -> list[NDArray[np.float64]]:
    return [np.reshape(line.coordinates, (-1, 2)) for line in lines]


def _transcription(text: str) -> str:
    quoted = QUOTED.fullmatch(text)
    return quoted[1].replace('\\\\', '\\').replace('\\"', '"') if quoted else text.strip()


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
