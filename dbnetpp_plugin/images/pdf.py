"""Pages of PDF files as images, where the package pypdfium2 is installed.

A page has a path of its own, ``report.pdf#page=3``, with which it is found in results. Pages count from 1.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import BrokenImageError

SUFFIX = '.pdf'
START = b'%PDF-'
POINTS_PER_INCH = 72
RESOLUTION = 200  # pixels per inch at which pages are rendered: letters of 10 points are 28 pixels high
_PAGE = re.compile(r'(?P<file>.+\.pdf)#page=(?P<number>[1-9]\d*)', re.DOTALL | re.IGNORECASE)


def is_pdf(path: str | Path) -> bool:
    """Whether the path is that of a PDF file, by its suffix."""
    return Path(path).suffix.lower() == SUFFIX


def is_page(path: str | Path) -> bool:
    """Whether the path is that of a page of a PDF file, and the file is there."""
    found = _PAGE.fullmatch(str(path))
    return found is not None and Path(found['file']).is_file()


def pages_of(path: str | Path) -> list[Path]:
    """Paths of the pages of a PDF file.

    Raises:
        BrokenImageError: If it cannot be read.
        ImportError: If pypdfium2 is not installed.
    """
    with _opened(str(path), str(path)) as document:
        return [Path(f'{path}#page={number}') for number in range(1, len(document) + 1)]


def read_page(path: str | Path) -> NDArray[np.uint8]:
    """Render a page, (H, W, 3), BGR, at 200 pixels per inch.

    Args:
        path: One of those that :func:`pages_of` gives.

    Raises:
        BrokenImageError: If the file cannot be read, or has no such page.
        ImportError: If pypdfium2 is not installed.
    """
    found = _PAGE.fullmatch(str(path))
    if found is None:
        raise ValueError(f'{path} is not the path of a page of a PDF file')
    with _opened(found['file'], str(path)) as document:
        return _rendered(document, int(found['number']), str(path))


def pages_in(data: bytes, name: str) -> list[NDArray[np.uint8]]:
    """Render all pages of a PDF file that is in memory.

    Args:
        data: The content of the file.
        name: What messages call it.

    Raises:
        BrokenImageError: If it cannot be read.
        ImportError: If pypdfium2 is not installed.
    """
    with _opened(data, name) as document:
        return [_rendered(document, number, name) for number in range(1, len(document) + 1)]


def _opened(source: str | bytes, name: str) -> Any:
    try:
        import pypdfium2  # optional
    except ImportError as error:
        raise ImportError(f'{name} is a PDF file, which pypdfium2 reads: pip install pypdfium2') from error
    try:
        return pypdfium2.PdfDocument(source)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise BrokenImageError(f'PDF file {name} cannot be read: {error}') from error


def _rendered(document: Any, number: int, name: str) -> NDArray[np.uint8]:
    if number > len(document):
        raise BrokenImageError(f'PDF file {name} has {len(document)} pages')
    bitmap = document[number - 1].render(scale=RESOLUTION / POINTS_PER_INCH)
    return np.ascontiguousarray(bitmap.to_numpy()[..., :3])
