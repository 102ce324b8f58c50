"""Files that are whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file that is whole or not there.

    Args:
        path: Of the file; one that is there is replaced where the context ends, and stays if that is by an error.

    Yields:
        Path of a temporary file beside it, to write to.
    """
    temporary = path.with_name(f'.{path.name}.{os.getpid()}.part')
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
