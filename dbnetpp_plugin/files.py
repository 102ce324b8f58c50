"""Writing files: atomically, under names that do not clash, and never over an input; and their checksums."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MAX_STEM = 200  # bytes, where file systems allow names of 255


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Write a file atomically: readers see the old content or the new content, never a part of it.

    Args:
        path: The file. It is replaced when the context ends; after an error it stays as it was.

    Yields:
        Path of a temporary file beside it, to write to.
    """
    temporary = path.with_name(f'.{path.name}.{os.getpid()}.part')
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_file(data: bytes, path: Path, durable: bool = False) -> None:
    """Write bytes to a file atomically.

    Args:
        data: The content.
        path: The file; an existing one is replaced.
        durable: Also safe against a power cut; takes some milliseconds.
    """
    with atomic_write(path) as temporary:
        temporary.write_bytes(data)
        if durable:
            with open(temporary, 'rb+') as file:
                os.fsync(file.fileno())


def sha256_of(path: str | Path) -> str:
    """SHA-256 of the content of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def unique_stems(paths: Iterable[str | Path]) -> list[str]:
    """Name without suffix of each path, numbered where it came before.

    Names that differ only in case count as the same, as they do on some file systems. Very long names are cut, so that
    there is room for a prefix and a suffix.
    """
    stems: list[str] = []
    taken: set[str] = set()
    numbers: dict[str, int] = {}  # next number to try per stem
    for path in paths:
        stem = candidate = _shortened(Path(path).stem)
        number = numbers.get(stem.casefold(), 2)
        while candidate.casefold() in taken:
            candidate, number = f'{stem}_{number}', number + 1
        numbers[stem.casefold()] = number
        taken.add(candidate.casefold())
        stems.append(candidate)
    return stems


def _shortened(stem: str) -> str:
    return os.fsencode(stem)[:MAX_STEM].decode('utf-8', 'ignore') if len(os.fsencode(stem)) > MAX_STEM else stem


def clashes(outputs: Sequence[Path], inputs: Iterable[str | Path]) -> list[Path]:
    """Outputs that are also inputs and would overwrite them. Links to folders are followed."""
    folders: dict[str, str] = {}  # few, where files are many

    def place(path: str | Path) -> tuple[str, str]:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        return folders[folder], name

    originals = set(map(place, inputs))
    return [path for path in outputs if place(path) in originals]
