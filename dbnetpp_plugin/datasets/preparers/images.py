"""Putting the images of a data set where its annotation file says they are."""

import io
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dbnetpp_plugin.files import atomic_write
from dbnetpp_plugin.images.header import Header
from dbnetpp_plugin.images.jpeg import without_exif
from dbnetpp_plugin.images.listing import SUFFIXES
from dbnetpp_plugin.images.loading import read_image


def find_images(folder: Path) -> dict[str, Path]:
    """Find the images right inside a folder: name without suffix -> path. Hidden files are none.

    Raises:
        ValueError: If the names of two differ in nothing but the suffix, as annotations could not tell them apart.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith('.'):
            if path.stem in found:
                raise ValueError(f'{found[path.stem]} and {path.name} differ in nothing but the suffix: rename one')
            found[path.stem] = path
    return found


def place_image(source: Path, target: Path, header: Header, upright: bool = False) -> Path:
    """Make an image at ``target`` that every reader shows the same way, whether it follows EXIF data or not.

    An image without EXIF orientation becomes a hard link, which takes no space, or a copy where the file system allows
    no link. Otherwise, with ``upright=False``, a JPEG file is copied without its EXIF data: bit for bit the same
    pixels, as they are stored. With ``upright=True`` the pixels are turned as EXIF asks, and a JPEG file is encoded
    anew at quality 95. Turned images of other formats, and GIF files, which few versions of OpenCV read, become PNG
    files. So do TIFF files with an orientation: every reader has to apply it, but some do so twice.

    Args:
        source: The original; it is never written to.
        target: The path to make; what is there is replaced. Its folder must exist.
        header: The header of the source.
        upright: Whether to turn the pixels as EXIF asks.

    Returns:
        The path that was made: the target, with ``.png`` added where the image became a PNG file.

    Raises:
        BrokenImageError: If an image that has to be encoded anew cannot be decoded.
    """
    is_jpeg = header.kind in ('JPEG', 'MPO')
    if header.orientation == 1 and not header.turned and header.kind != 'GIF':
        if not (target.exists() and target.samefile(source)):
            with atomic_write(target) as temporary:
                _link_or_copy(source, temporary)
        return target
    if not is_jpeg:
        target = target.with_name(f'{target.name}.png')
    if is_jpeg and not upright:
        data = without_exif(source.read_bytes())
    else:
        data = _encode(read_image(source, upright=upright), 'JPEG' if is_jpeg else 'PNG')
    with atomic_write(target) as temporary:
        temporary.write_bytes(data)
    return target


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)


def _encode(image: NDArray[np.uint8], kind: str) -> bytes:
    buffer = io.BytesIO()
    options = {'quality': 95, 'subsampling': 0} if kind == 'JPEG' else {}
    Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).save(buffer, kind, **options)
    return buffer.getvalue()
