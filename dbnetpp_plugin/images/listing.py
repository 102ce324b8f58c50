"""Listing image files: what paths, folders and patterns stand for."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from .pdf import is_page, is_pdf, pages_of

SUFFIXES = (
    '.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.dib', '.tif', '.tiff', '.webp', '.gif', '.avif', '.jp2', '.j2k',
    '.ppm', '.pgm', '.pbm', '.pnm', '.tga')
ImagePath = str | Path


def list_images(sources: ImagePath | Iterable[ImagePath]) -> list[Path]:
    """Image files that paths, folders and patterns stand for.

    Args:
        sources: One or several of: a file, whatever its suffix; a folder, for the image files right inside it, by name;
            a pattern with ``*``, ``?``, ``[]`` or ``**``, for the image files that match, by path. A PDF file
            that is named stands for its pages, see :mod:`.pdf`.

    Raises:
        BrokenImageError: If a PDF file cannot be read.
        FileNotFoundError: If there is no such file or folder, or no image in it or for the pattern.
        ImportError: If there is a PDF file, and the package that reads it is missing.
        ValueError: If a path is empty.
    """
    if isinstance(sources, str | Path):
        sources = [sources]
    files = [path for source in sources for path in _expanded(source)]
    return [page for path in files for page in (pages_of(path) if is_pdf(path) else [path])]


def _expanded(source: ImagePath) -> list[Path]:
    if not str(source):
        raise ValueError('the path of an image is empty')
    path = Path(source)
    if path.is_file() or is_page(source):
        return [path]
    if path.is_dir():
        found = _images_in(path)
        if not found:
            raise FileNotFoundError(f'the folder {source} holds no image file ({", ".join(SUFFIXES)})')
        return found
    if not glob.has_magic(str(source)):
        raise FileNotFoundError(f'there is no image file or folder {source}')
    found = _image_files(Path(name) for name in glob.glob(str(source), recursive=True))
    if not found:
        raise FileNotFoundError(f'the pattern {source} matches no image file ({", ".join(SUFFIXES)})')
    return found


def _images_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:  # which knows what is a file without asking for each
        names = sorted(entry.name for entry in entries if entry.name.lower().endswith(SUFFIXES) and entry.is_file())
    return [folder / name for name in names if Path(name).suffix]


def _image_files(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.suffix.lower() in SUFFIXES and path.is_file())
