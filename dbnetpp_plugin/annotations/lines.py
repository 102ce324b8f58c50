"""Reading annotation files of one line a text."""

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LINE_END = re.compile(r'\r\n|\n|\r')


def read_text(file: Path) -> str:
    """Read a text file.

    Raises:
        ValueError: If it is not UTF-8, with or without a byte order mark.
    """
    try:
        return file.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(f'{file} is not UTF-8 text: {error.reason} at byte {error.start}') from error


def read_lines(file: Path) -> Iterator[tuple[str, str]]:
    """Read the lines of an annotation file that are not blank.

    Returns:
        Where each line is ('file, line number'), and the line.

    Raises:
        ValueError: If it is not UTF-8, with or without a byte order mark.
    """
    return lines_of(read_text(file), str(file))


def lines_of(content: str, name: str) -> Iterator[tuple[str, str]]:
    """Lines of an annotation file that are not blank, whether they end in LF, CR LF or CR.

    Args:
        content: Of the file.
        name: What to call it.

    Yields:
        Where the line is ('name, line number'), and the line.
    """
    # Not splitlines(): a transcription may hold one of the rarer characters that it takes for a line's end.
    for number, line in enumerate(LINE_END.split(content), 1):
        if line.strip():
            yield f'{name}, line {number}', line


def finite(fields: Iterable[Any]) -> list[float]:
    """Make finite numbers of texts or numbers.

    Raises:
        ValueError: If one is not a finite number.
        TypeError: If one is neither text nor number.
    """
    values = [float(field) for field in fields]
    if not all(map(math.isfinite, values)):
        raise ValueError('a number is not finite')
    return values
