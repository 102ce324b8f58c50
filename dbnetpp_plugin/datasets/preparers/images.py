"""Putting the images of a data set where its annotation file says they are."""

import io
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dbnetpp_plugin.files import atomic_write
from dbnetpp_plugin.images.decoding import decode_image, decode_reduced
from dbnetpp_plugin.images.header import Header
from dbnetpp_plugin.images.jpeg import without_exif
from dbnetpp_plugin.images.listing import SUFFIXES
from dbnetpp_plugin.images.loading import load_encoded

IMAGE_FOLDER = 'textdet_imgs'
# What else photographs and pictures are kept in. They are found so that they are named where they cannot be read.
RARE_SUFFIXES = (
    '.heic', '.heif', '.jxl', '.jpx', '.jpf', '.j2c', '.jpc', '.pcx', '.sgi', '.ras', '.psd', '.ico', '.icns', '.dds',
    '.exr', '.hdr', '.pic', '.pfm', '.xbm', '.qoi', '.apng', '.svg', '.dng', '.cr2', '.nef', '.arw')
# Kinds that every build of OpenCV reads, and with it every reader of the data set.
WIDELY_READ = ('JPEG', 'MPO', 'PNG', 'BMP', 'TIFF', 'WEBP', 'PPM')
SMALLEST = 8  # the reduction at which a JPEG file is decoded in a fraction of the time


def find_images(folder: Path, nested: bool = False, skip: Collection[Path] = ()) -> dict[str, Path]:
    """Find the images in a folder: path inside the folder, without suffix -> path. Hidden files are none.

    Args:
        folder: The folder.
        nested: Whether images in its subfolders count, too.
        skip: Subfolders that do not count.

    Raises:
        ValueError: If the names of two differ in nothing but the suffix, as annotations could not tell them apart.
    """
    files = list(files_in(folder, nested, skip))
    found: dict[str, Path] = {}
    for path in (path for path in files if path.suffix.lower() in SUFFIXES):
        key = key_of(path, folder)
        if key in found:
            raise ValueError(f'{found[key]} and {path.name} differ in nothing but the suffix: rename one')
        found[key] = path
    rare = {key_of(path, folder): path for path in files if path.suffix.lower() in RARE_SUFFIXES}
    return {**rare, **found}


def files_in(folder: Path, nested: bool, skip: Collection[Path] = ()) -> Iterator[Path]:
    """Files of a folder, in the order of names. Hidden files and folders, and images that were prepared, are none.

    Args:
        folder: The folder. Links to folders are followed.
        nested: Whether files in its subfolders count, too.
        skip: Subfolders that do not count.
    """
    seen = {os.path.realpath(path) for path in skip}
    for place, folders, names in os.walk(folder, followlinks=True):
        yield from (Path(place, name) for name in sorted(names) if not name.startswith('.'))
        is_data_root = any(name.startswith('textdet_') and name.endswith('.json') for name in names)
        visible = [name for name in sorted(folders) if nested and not name.startswith(('.', '__MACOSX'))
                   and not (is_data_root and name == IMAGE_FOLDER)]
        real = {name: os.path.realpath(os.path.join(place, name)) for name in visible}
        folders[:] = [name for name in visible if real[name] not in seen]
        seen |= set(real.values())


def key_of(path: Path, folder: Path) -> str:
    """What an image and its annotation file share: the path inside the folder, without suffix."""
    return path.relative_to(folder).with_suffix('').as_posix()


def check_image(path: Path) -> Header:
    """Load an image as training will, and decode it, a JPEG file at an eighth of its size, in a few milliseconds.

    Returns:
        Its header.

    Raises:
        BrokenImageError: If it is missing, truncated, or cannot be decoded.
    """
    data, header = load_encoded(str(path))
    decode_reduced(data, str(path), SMALLEST)
    return header


def place_image(source: Path, target: Path, header: Header, upright: bool = False) -> Path:
    """Make an image at ``target`` that every reader shows the same way, whether it follows EXIF data or not.

    An image without EXIF orientation becomes a hard link, which takes no space, or a copy where the file system allows
    no link. Otherwise, with ``upright=False``, a JPEG file is copied without its EXIF data: bit for bit the same
    pixels, as they are stored. With ``upright=True`` the pixels are turned as EXIF asks, and a JPEG file is encoded
    anew at quality 95. Turned images of other formats, and files of kinds that only some builds of OpenCV read, such as
    GIF, AVIF and TGA, become PNG files. So do TIFF files with an orientation: every reader has to apply it, but some
    do so twice.

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
    if header.orientation == 1 and not header.turned and header.kind in WIDELY_READ:
        if not (target.exists() and target.samefile(source)):
            with atomic_write(target) as temporary:
                _link_or_copy(source, temporary)
        return target
    if not is_jpeg:
        target = target.with_name(f'{target.name}.png')
    if is_jpeg and not upright:
        data = without_exif(source.read_bytes())
    else:
        pixels = decode_image(source.read_bytes(), str(source), upright, header)
        data = _encode(pixels, 'JPEG' if is_jpeg else 'PNG')
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
