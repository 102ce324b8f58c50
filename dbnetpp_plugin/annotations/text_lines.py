"""Lines of an outline and its transcription, as the ICDAR competitions have them.

A line is ``x1,y1,...,xk,yk``, and perhaps ``,transcription``, which may hold commas, and may be quoted. MLT puts a
script before the transcription, SCUT-CTW1500 puts ``####`` there. Preparing and evaluating read lines with this module
alone, so that both take the same text for ignored.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .ignored import IGNORED_TEXT, is_ignored_text
from .lines import lines_of, read_lines

NUMBER = re.compile(r'\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*')
QUOTED = re.compile(r'\s*"(.*)"\s*')
# Of ICDAR 2017 MLT, and the one that its 2019 edition added.
SCRIPTS = frozenset(('Arabic', 'Latin', 'Chinese', 'Japanese', 'Korean', 'Bangla', 'Hindi', 'Symbols', 'Mixed', 'None'))
# Of SCUT-CTW1500, whose outlines have 14 points.
MARKED_POINTS, TEXT_MARK = 14, '####'


# What follows the coordinates, by how many texts must.
TAILS = ('[,transcription]', ',transcription', ',script,transcription')


class Line(NamedTuple):
    """Coordinates of a line, and what follows them; None where nothing does."""

    coordinates: list[float]
    rest: str | None


class TextLine(NamedTuple):
    """An outline, x1, y1, x2, y2, ..., and its text."""

    outline: list[float]
    text: str
    ignored: bool
    script: str | None = None


def read_text_lines(files: Mapping[str, str], points: int | None, certain: bool = True) -> dict[str, list[TextLine]]:
    """Read the annotation files of a data set.

    Args:
        files: Name -> content.
        points: How many an outline has; None where that is free: numbers are then coordinates up to the last pair.
        certain: Whether somebody has said how many points there are. Otherwise lines that can be read as outlines of
            more points are refused.

    Returns:
        Name -> its lines, with scripts if each line of the data set has one.

    Raises:
        ValueError: If a line cannot be read; the message names file and line.
    """
    lines = {name: [parse_line(where, line, points, certain=certain) for where, line in lines_of(content, name)]
             for name, content in files.items()}
    scripted = _all_have_scripts([line for image in lines.values() for line in image])
    return {name: [text_of(line, scripted) for line in image] for name, image in lines.items()}


def read_official(file: Path, points: int, scripted: bool = False) -> list[TextLine]:
    """Read an annotation file of a format that says how many points there are, and that has transcriptions.

    Args:
        file: The file.
        points: How many an outline has.
        scripted: Whether a script comes before the transcription.

    Raises:
        ValueError: If a line cannot be read; the message names file and line.
    """
    return [text_of(parse_line(where, line, points, texts=2 if scripted else 1), scripted)
            for where, line in read_lines(file)]


def parse_line(where: str, line: str, points: int | None, *, texts: int = 0, certain: bool = True,
               scored: bool = False, shorter: bool = False) -> Line:
    """Take the coordinates of a line apart from what follows them.

    Args:
        where: Where the line is, for the message.
        line: The line.
        points: How many an outline has; None where that is free.
        texts: How many texts must follow: a transcription, or a script and a transcription.
        certain: Whether the number of points is certain. Otherwise a line with a pair of numbers after the last point
            is refused: they may be one more point, or a transcription such as 1,000.
        scored: Whether a score may follow the coordinates.
        shorter: Where all of a line's fields are numbers in pairs, the last two are no coordinates.

    Raises:
        ValueError: If something is missing, or there are, or may be, more points; the message names the place.
    """
    fields = line.split(',')
    leading = leading_numbers(fields)
    count = leading - leading % 2 if points is None else 2 * points
    if shorter and leading == len(fields) == count:
        count -= 2
    wanted = f'{form(points)}{"[,score]" if scored else ""}{TAILS[texts]}'
    if count < 6 or leading < count or len(fields) < count + texts:
        raise ValueError(f'{where}: expected {wanted}, got {line!r:.80}')
    if not certain and leading >= count + 2:
        raise ValueError(f'{where}: the numbers after point {count // 2} can be more points, or a transcription: say '
                         f'--points any, say --points {count // 2}, or put transcriptions in quotes; got {line!r:.120}')
    # Numbers alone can be a transcription, 1,000; numbers and the mark of ignored text cannot.
    if not scored and count < leading < len(fields) and is_ignored_text(','.join(fields[leading:])):
        raise ValueError(f'{where}: expected {wanted}, got {leading} numbers before the mark of ignored text, '
                         f'{line!r:.120}')
    return Line([float(field) for field in fields[:count]], ','.join(fields[count:]) if len(fields) > count else None)


def leading_numbers(fields: Sequence[str]) -> int:
    """How many fields a line has before the first one that is no number."""
    return next((index for index, field in enumerate(fields) if not NUMBER.fullmatch(field)), len(fields))


def form(points: int | None) -> str:
    """What the coordinates of a line look like, for messages."""
    if points is None:
        return 'x1,y1,x2,y2,x3,y3,...'
    return ','.join(f'x{k},y{k}' for k in range(1, points + 1)) if points <= 4 else f'x1,y1,...,x{points},y{points}'


def text_of(line: Line, scripted: bool = False) -> TextLine:
    """The text of a line, which has a script before its transcription or not."""
    script, _, rest = (line.rest or '').partition(',') if scripted else ('', '', line.rest or '')
    text = transcription(rest)
    if len(line.coordinates) == 2 * MARKED_POINTS:
        text = text.removeprefix(TEXT_MARK)
    ignored = is_ignored_text(text)
    return TextLine(line.coordinates, IGNORED_TEXT if ignored else text, ignored, script.strip() if scripted else None)


def transcription(text: str) -> str:
    """A transcription without spaces around it, and without quotes and what they protect."""
    quoted = QUOTED.fullmatch(text)
    return quoted[1].replace('\\\\', '\\').replace('\\"', '"') if quoted else text.strip()


def _all_have_scripts(lines: Iterable[Line]) -> bool:
    rests = [(line.rest or '').partition(',') for line in lines]
    return bool(rests) and all(comma and script.strip() in SCRIPTS for script, comma, _ in rests)
