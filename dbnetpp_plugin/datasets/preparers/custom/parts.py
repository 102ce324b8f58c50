"""What readers of common annotation formats share."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.lines import finite

from ..images import find_images
from ..writing import Sample, warn_of

NO = ('', '0', 'false', 'no', 'none', 'null')


@dataclass(frozen=True)
class Options:
    """How annotations are read.

    Attributes:
        points: How many an outline has in a line of text, ``any`` where that differs, or None where nobody has said so.
        skip: Folders that are not looked into.
    """

    points: int | Literal['any'] | None = None
    skip: tuple[Path, ...] = ()


def parse_json(text: str, where: str, kind: type) -> Any:
    """Parse JSON.

    Raises:
        ValueError: If it is not JSON, or its outermost value not of that kind.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f'{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}') from error
    if not isinstance(value, kind):
        raise ValueError(f'{where}: expected a JSON {kind.__name__}, got {text!r:.80}')
    return value


def get(record: Any, field: str, kind: type | tuple[type, ...], where: str) -> Any:
    """Look up a field of a record.

    Raises:
        ValueError: If it is missing, or not of that kind.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get(field), kind):
        raise ValueError(f'{where}: expected a record with {field!r}, got {record!r:.80}')
    return record[field]


def flatten(points: Any, where: str) -> list[float]:
    """Make x1, y1, x2, y2, ... of a list of [x, y].

    Raises:
        ValueError: If it is not a list of pairs of finite numbers, or an empty one.
    """
    try:
        if not points:
            raise ValueError('there are no points')
        return finite([value for x, y in points for value in (x, y)])
    except (TypeError, ValueError) as error:
        raise ValueError(f'{where}: expected points [[x, y], ...], got {points!r:.80}') from error


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[float]:
    """Outline of an upright rectangle between two opposite corners, clockwise from the top left."""
    left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return [left, top, right, top, right, bottom, left, bottom]


def locate(folder: Path, name: str) -> Path | None:
    """Find the image that an annotation file names.

    Annotations move between machines, so that their paths begin somewhere else: the longest end of the path is taken
    that there is in the folder.

    Args:
        folder: Folder of images.
        name: Path of the image, with slashes of any kind.
    """
    ways = [[part for part in way.replace('\\', '/').split('/') if part not in ('', '.', '..')]
            for way in (name, name.strip())]
    candidates = (folder.joinpath(*parts[start:]) for parts in ways for start in range(len(parts)))
    return next((path for path in candidates if path.is_file()), None)


def warn_of_unnamed(images: Path, samples: Iterable[Sample], file: Path, skip: Iterable[Path]) -> None:
    """Warn of images in a folder that an annotation file does not name."""
    named = {sample.image for sample in samples}
    every = find_images(images, nested=True, skip=tuple(skip)).values()
    warn_of(f'images in {images} that {file} does not name, left out',
            [place_of(image, images) for image in every if image not in named])


def place_of(image: Path, folder: Path) -> str:
    """Where an image is inside its folder."""
    return image.relative_to(folder).as_posix()


def size_of(width: Any, height: Any) -> tuple[int, int] | None:
    """Size of an image as an annotation file gives it; None where it gives none, or zeros."""
    try:
        width, height = finite([width, height])
    except (TypeError, ValueError):
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None


def is_ignored(text: str, *flags: Any) -> bool:
    """Tell whether text counts neither way, by its transcription or flags such as ``difficult``."""
    return is_ignored_text(text) or any(map(is_set, flags))


def is_set(flag: Any) -> bool:
    """Tell whether a flag is set, which some tools write as text."""
    return flag.strip().lower() not in NO if isinstance(flag, str) else bool(flag)


def known(value: Any) -> str:
    """A transcription as a text; empty where there is none."""
    return value if isinstance(value, str) else ''
