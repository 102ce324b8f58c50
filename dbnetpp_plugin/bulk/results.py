"""What was found, as files: names that do not clash, lines of JSON, files that are whole or not there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

PER_REGION = ('polygons', 'scores', 'texts', 'text_scores')


class Found(Protocol):
    """What a detector or a reader finds in one image."""

    @property
    def polygons(self) -> Sequence[NDArray]:
        """N arrays (K, 2), in pixels of the image."""

    @property
    def scores(self) -> Sequence[float] | NDArray:
        """N numbers in [0, 1]."""

    @property
    def size(self) -> tuple[int, int]:
        """``(height, width)`` of the image."""


@runtime_checkable
class FoundTexts(Found, Protocol):
    """What a reader finds in one image."""

    @property
    def texts(self) -> Sequence[str]:
        """N transcriptions."""

    @property
    def text_scores(self) -> Sequence[float] | NDArray:
        """N numbers in [0, 1]."""


def to_record(found: Found, path: str) -> dict[str, Any]:
    """What JSON can hold of the text of an image.

    Returns:
        ``path``, ``width``, ``height``, ``polygons`` as lists of [x, y] in pixels to two decimals, ``scores`` to four,
        and for text that was read ``texts`` and ``text_scores``.
    """
    height, width = found.size
    record: dict[str, Any] = {
        'path': path,
        'width': width,
        'height': height,
        'polygons': [np.round(np.asarray(polygon, np.float64), 2).tolist() for polygon in found.polygons],
        'scores': _rounded(found.scores),
    }
    if isinstance(found, FoundTexts):
        record.update(texts=list(found.texts), text_scores=_rounded(found.text_scores))
    return record


def _rounded(scores: Sequence[float] | NDArray) -> list[float]:
    return np.round(np.asarray(scores, np.float64), 4).tolist()


def keep_scores(record: Mapping[str, Any], threshold: float) -> dict[str, Any]:
    """The record without the regions whose score is below the threshold."""
    kept = [index for index, score in enumerate(record['scores']) if score >= threshold]
    return {**record, **{name: [record[name][index] for index in kept] for name in PER_REGION if name in record}}


def json_line(value: Any) -> bytes:
    """The value as a line of UTF-8 JSON.

    A file name that is not UTF-8 is held as surrogates, which JSON can only escape.
    """
    return (json.dumps(value, ensure_ascii=False) + '\n').encode('utf-8', 'backslashreplace')


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a file of JSON lines, one after the other.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a line is not a record of an image; the message names file and line.
    """
    with open(path, encoding='utf-8', newline='\n') as file:
        for number, line in enumerate(file, 1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise ValueError(f'{path}, line {number}: not JSON, {error}') from error
            if not isinstance(record, dict) or 'path' not in record or not {'polygons', 'error'} & record.keys():
                raise ValueError(f'{path}, line {number}: not a record of an image, which has "path", and "polygons" '
                                 'or "error"')
            yield record
