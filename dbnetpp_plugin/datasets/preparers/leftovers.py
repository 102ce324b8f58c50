"""What an earlier run left in a data root: no image may be in training and test without anybody knowing."""

import filecmp
import json
import logging
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from dbnetpp_plugin.wording import few

from .images import IMAGE_FOLDER

_logger = logging.getLogger(__name__)


def clear_annotations(out: Path, written: Collection[str]) -> None:
    """Remove annotation files of earlier runs that share images with those of this run, and tell of the others.

    Args:
        out: The data root.
        written: Names of the splits that this run has written.
    """
    left = [file for file in sorted(out.glob('textdet_*.json')) if file.stem.removeprefix('textdet_') not in written]
    if not written or not left:
        return
    now = Placed(out, [path for name in written for path in _images_of(out / f'textdet_{name}.json')])
    for file in left:
        shared = [path for path in _images_of(file) if now.has(path)]
        if shared:
            file.unlink()
            _logger.warning(f'{file} was left by an earlier run, and {len(shared)} of its images are now in '
                            f'{" or ".join(sorted(written))}, so it is removed: {few(shared)}')
        else:
            _logger.warning(f'{file} was left by an earlier run, and stays as it was')


def clear_images(out: Path, sources: Collection[Path]) -> None:
    """Remove images from where an earlier run had placed them, if they are now somewhere else.

    Args:
        out: The data root.
        sources: Folders of originals, in which nothing is removed.
    """
    named = [path for file in out.glob('textdet_*.json') for path in _images_of(file)]
    now, moved = Placed(out, named), []
    kept = [Path(os.path.realpath(source)) for source in sources]
    for folder, _, names in os.walk(out / IMAGE_FOLDER):
        if any(Path(os.path.realpath(folder)).is_relative_to(source) for source in kept):
            continue
        for name in names:
            place = Path(folder, name).relative_to(out).as_posix()
            if place not in now.paths and now.has(place):
                (out / place).unlink()
                moved.append(place)
    if moved:
        _logger.info(f'{len(moved)} images of an earlier run are now in another split, and are removed from their old '
                     f'places: {few(sorted(moved))}')


class Placed:
    """Images that annotation files name.

    Args:
        out: The data root.
        paths: As the annotation files have them.
    """

    def __init__(self, out: Path, paths: Iterable[str]) -> None:
        self.paths = set(paths)
        self._out = out
        self._files = {_identity(out / path) for path in self.paths} - {None}
        self._inside: dict[str, list[str]] = {}
        for path in self.paths:
            self._inside.setdefault(_below_split(path), []).append(path)

    def has(self, path: str) -> bool:
        """Whether an image is among them: under its path, as the same file, or with the same content and name."""
        if path in self.paths or _identity(self._out / path) in self._files:
            return True
        return any(_same_content(self._out / path, self._out / other)
                   for other in self._inside.get(_below_split(path), ()))


def _images_of(file: Path) -> list[str]:
    """Paths of the images in an annotation file; none where it is something else."""
    try:
        entries: Any = json.loads(file.read_text(encoding='utf-8'))['data_list']
        return [str(entry['img_path']) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _below_split(path: str) -> str:
    return '/'.join(path.split('/')[2:])


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _same_content(path: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(path, other, shallow=False)
    except OSError:
        return False
