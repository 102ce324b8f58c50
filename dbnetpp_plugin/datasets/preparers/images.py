"""Putting the images of a data set where its annotation file says they are."""

import os
import shutil
from pathlib import Path

from PIL import Image

EXIF_ORIENTATION = 0x0112
SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.gif', '.tif', '.tiff', '.webp')


def find_images(folder: Path) -> dict[str, Path]:
    """Find the images right inside a folder: name without suffix -> path."""
    return {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES}


def read_header(image: Path) -> tuple[int, int, int]:
    """Read width, height and EXIF orientation (1 is upright) from the header, without decoding pixels.

    Raises:
        ValueError: If the file is not an image.
    """
    try:
        with Image.open(image) as opened:
            return *opened.size, opened.getexif().get(EXIF_ORIENTATION, 1)
    except (OSError, SyntaxError) as error:
        raise ValueError(f'{image} cannot be read as an image: {error}') from error


def place_image(source: Path, target: Path, orientation: int = 1) -> None:
    """Make ``target`` an image with the pixels of ``source``, exactly as they are stored.

    Annotations count pixels of the stored image, but OpenCV turns an image whose EXIF data ask for it, and the boxes
    would lie beside the text. Such an image is copied without its EXIF data, bit for bit the same pixels. Every
    other one is a hard link, which takes no space, or a copy where the file system allows no link.

    Args:
        source: The original; it is never written to.
        target: The path to make; what is there is replaced. Its folder must exist.
        orientation: The EXIF orientation of the source, as :func:`read_header` gives it.
    """
    if target.exists() and target.samefile(source):
        return
    temporary = target.with_name(f'.{target.name}.{os.getpid()}.part')
    try:
        if orientation != 1:
            temporary.write_bytes(without_exif(source.read_bytes(), source))
        else:
            _link_or_copy(source, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)


def without_exif(data: bytes, name: Path | str) -> bytes:
    """Cut the EXIF segments out of a JPEG file; everything else stays byte for byte.

    Args:
        data: The whole file.
        name: What to call it in an error.

    Raises:
        ValueError: If it is not a JPEG file.
    """
    if data[:2] != b'\xff\xd8':
        raise ValueError(f'{name} asks to be turned by its EXIF data and is not a JPEG file: store it upright instead')
    kept, at = [data[:2]], 2
    # Segments are marker (2 bytes), length (2 bytes, counting itself), content; FF DA starts the pixels.
    while at + 4 <= len(data) and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2:at + 4], 'big')
        if not (data[at + 1] == 0xE1 and data[at + 4:at + 10] == b'Exif\x00\x00'):
            kept.append(data[at:end])
        at = end
    return b''.join([*kept, data[at:]])
