"""Putting the images of a data set where its annotation file says they are."""

import io
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from dbnetpp_plugin.files import whole_file

from ..errors import BrokenImageError

EXIF_ORIENTATION = 0x0112
SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.gif', '.tif', '.tiff', '.webp')


class Header(NamedTuple):
    """What the header of an image file says.

    Attributes:
        width: Of the pixels as they are stored.
        height: Of the pixels as they are stored.
        orientation: How EXIF data ask a viewer to turn the image, 1 to 8; 1 is not at all, from 5 on width and height
            change places.
        kind: The format, as Pillow calls it.
    """

    width: int
    height: int
    orientation: int = 1
    kind: str = 'JPEG'

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height of the pixels as they are stored."""
        return self.width, self.height

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height of what a viewer shows that follows EXIF data."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


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


def read_header(image: Path) -> Header:
    """Read the header of an image file, without decoding pixels.

    Raises:
        BrokenImageError: If the file is missing or not an image.
    """
    try:
        with Image.open(image) as opened:
            orientation = opened.getexif().get(EXIF_ORIENTATION, 1)
            # Some cameras write 0, which has no meaning.
            width, height = opened.size
            return Header(width, height, orientation if orientation in range(1, 9) else 1, opened.format or '')
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BrokenImageError(f'{image} cannot be read as an image: {error}') from error


def place_image(source: Path, target: Path, header: Header, upright: bool = False) -> Path:
    """Make an image at ``target`` that every reader shows the same way, whether it follows EXIF data or not.

    An image without EXIF orientation becomes a hard link, which takes no space, or a copy where the file system allows
    no link. Otherwise, with ``upright=False``, a JPEG file is copied without its EXIF data: bit for bit the same
    pixels, as they are stored. With ``upright=True`` the pixels are turned as EXIF asks, and a JPEG file is encoded
    anew at quality 95. Turned images of other formats, and GIF files, which few versions of OpenCV read, become PNG
    files.

    Args:
        source: The original; it is never written to.
        target: The path to make; what is there is replaced. Its folder must exist.
        header: What :func:`read_header` gave for the source.
        upright: Whether to turn the pixels as EXIF asks.

    Returns:
        The path that was made: the target, with ``.png`` added where the image became a PNG file.

    Raises:
        BrokenImageError: If an image that has to be encoded anew cannot be decoded.
    """
    is_jpeg = header.kind in ('JPEG', 'MPO')
    if header.orientation == 1 and header.kind != 'GIF':
        if not (target.exists() and target.samefile(source)):
            with whole_file(target) as temporary:
                _link_or_copy(source, temporary)
        return target
    if not is_jpeg:
        target = target.with_name(f'{target.name}.png')
    if is_jpeg and not upright:
        data = without_exif(source.read_bytes(), source)
    else:
        data = _encode(_decode(source, upright), 'JPEG' if is_jpeg else 'PNG')
    with whole_file(target) as temporary:
        temporary.write_bytes(data)
    return target


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)


def _decode(source: Path, upright: bool) -> Image.Image:
    try:
        with Image.open(source) as image:
            turned = ImageOps.exif_transpose(image) if upright else image
            # Through an array, which leaves behind what else the file says about the image.
            return Image.fromarray(np.asarray(turned.convert('RGB')))
    except (OSError, SyntaxError) as error:
        raise BrokenImageError(f'{source} cannot be read as an image: {error}') from error


def _encode(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **({'quality': 95, 'subsampling': 0} if kind == 'JPEG' else {}))
    return buffer.getvalue()


def without_exif(data: bytes, name: Path | str) -> bytes:
    """Cut the EXIF segments out of a JPEG file; everything else stays byte for byte.

    Args:
        data: The whole file.
        name: What to call it in an error.

    Raises:
        BrokenImageError: If it is not a JPEG file.
    """
    if data[:2] != b'\xff\xd8':
        raise BrokenImageError(f'{name} is not a JPEG file')
    kept, at = [data[:2]], 2
    # Segments are marker (2 bytes), length (2 bytes, counting itself), content; FF DA starts the pixels.
    while at + 4 <= len(data) and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2:at + 4], 'big')
        if not (data[at + 1] == 0xE1 and data[at + 4:at + 10] == b'Exif\x00\x00'):
            kept.append(data[at:end])
        at = end
    return b''.join([*kept, data[at:]])
