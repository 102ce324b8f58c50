"""Listing image files: what paths, folders and patterns stand for."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp', '.gif')
ImagePath = str | Path
ImageSource = ImagePath | NDArray[np.uint8]


def list_images(sources: ImagePath | Iterable[ImagePath]) -> list[Path]:
    """Image files that paths, folders and patterns stand for.

    Args:
        sources: One or several of: a file, whatever its suffix; a folder, for the image files right inside it, by name;
            a pattern with ``*``, ``?``, ``[]`` or ``**``, for the image files that match, by path.

    Raises:
        FileNotFoundError: If there is no such file or folder, or no image in it or for the pattern.
    """
    if isinstance(sources, str | Path):
        sources = [sources]
    return [path for source in sources for path in _expanded(source)]


def _expanded(source: ImagePath) -> list[Path]:
    path = Path(source)
    if path.is_file():
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



def iterate_images(images: ImageSource | Iterable[ImageSource]) -> Iterator[tuple[str | int, ImageSource]]:
    """Name and source of each image, one after the other; nothing is read.

    Args:
        images: An array (H, W, 3), or what :func:`list_images` takes, or any iterable of these, also an endless one.

    Yields:
        The path of a file and the same path, or the place of an array, counted from 0 over all images, and the array.

    Raises:
        FileNotFoundError: As :func:`list_images`, when the iteration comes to the path.
    """
    items = [images] if isinstance(images, str | Path | np.ndarray) else images
    count = 0
    for item in items:
        for source in [item] if isinstance(item, np.ndarray) else list_images(item):
            yield (count, source) if isinstance(source, np.ndarray) else (str(source), source)
            count += 1
