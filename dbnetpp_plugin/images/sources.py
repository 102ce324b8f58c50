"""Images as users have them: paths, bytes, open files, Pillow images, arrays, and pages of PDF files.

All of them become (H, W, 3), BGR, uint8.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from . import pdf
from .decoding import decode_image, pixels_of_pillow, turned_upright
from .errors import BrokenImageError
from .header import orientation_of
from .listing import list_images
from .loading import check_encoded, read_image

Image: TypeAlias = NDArray[np.uint8]
ImageSource: TypeAlias = str | Path | bytes | BinaryIO | PillowImage.Image | NDArray[np.uint8]
TAKEN = ('a path, bytes, an open file, a Pillow image, or an array (height, width), (height, width, 3) as BGR or '
         '(height, width, 4) as BGRA, of uint8')
WHITE = 255


class NamedSource(NamedTuple):
    """An image that has not been loaded yet."""

    name: str | int
    """Path of a file, or place among the images given, from 0."""
    source: ImageSource | BrokenImageError
    """Or why there is none."""


def iterate_images(images: ImageSource | Iterable[ImageSource], forgiving: bool = False) -> Iterator[NamedSource]:
    """Name and source of each image, one after the other; images in files are not read.

    Args:
        images: A source, or any iterable of sources, also an endless one. A path may also be that of a folder or a PDF
            file, or a pattern, see :func:`.listing.list_images`.
        forgiving: Whether a path without an image, or a PDF file that cannot be read, does not end the iteration. An
            error takes its place, which :func:`load_image` raises.

    Raises:
        BrokenImageError, FileNotFoundError, ImportError, ValueError: As :func:`.listing.list_images`, when the
            iteration comes to the path.
        TypeError: If the images are something else.
    """
    if isinstance(images, str | Path | bytes | bytearray | memoryview | PillowImage.Image | np.ndarray) \
            or hasattr(images, 'read'):
        images = [images]  # type: ignore[list-item]
    elif images is None or not hasattr(images, '__iter__') or hasattr(images, '__array__') or isinstance(images, dict):
        raise _not_an_image(images, 'what was given')
    count = 0
    for item in images:  # type: ignore[union-attr]
        sources: Iterable[Any]
        try:
            sources = list_images(item) if isinstance(item, str | Path) else _in_memory(item, count)
        except (OSError, ValueError) as error:  # of which BrokenImageError is one
            if not forgiving:
                raise
            yield NamedSource(str(item) if isinstance(item, str | Path) else count, BrokenImageError(str(error)))
            count += 1
            continue
        for source in sources:
            yield NamedSource(str(source) if isinstance(source, Path) else count, source)
            count += 1


def load_image(named: NamedSource, upright: bool = True) -> Image:
    """Load an image.

    Args:
        named: As :func:`iterate_images` gives it.
        upright: Turn it as its EXIF data ask, if it has any.

    Raises:
        BrokenImageError: If a file, or what was in it, is not an image that can be read.
        TypeError: If the source is something else.
        ValueError: If an array is not an image.
    """
    name, source = named
    if isinstance(source, BrokenImageError):
        raise source
    if isinstance(source, str | Path):
        return read_image(source, upright=upright)
    if isinstance(source, bytes):
        header = check_encoded(source, f'number {name}')
        return decode_image(source, f'number {name}', upright, header)
    if isinstance(source, PillowImage.Image):
        image = pixels_of_pillow(source, f'number {name}')
        return turned_upright(image, orientation_of(source)) if upright else image
    if isinstance(source, np.ndarray):
        return bgr_of_array(source, f'image {name}')
    raise _not_an_image(source, f'image {name}')


def load_images(images: ImageSource | Iterable[ImageSource]) -> Iterator[tuple[str | int, Image]]:
    """Name and pixels of each image, upright.

    Raises:
        BrokenImageError, FileNotFoundError, ImportError, TypeError, ValueError: As :func:`iterate_images` and
            :func:`load_image`.
    """
    for named in iterate_images(images):
        yield named.name, load_image(named)


def _in_memory(item: Any, count: int) -> list[Any]:
    """The sources that something other than a path stands for: several for a PDF file."""
    if isinstance(item, bytearray | memoryview):
        item = bytes(item)
    elif hasattr(item, 'read') and not isinstance(item, PillowImage.Image):
        item = item.read()
        if not isinstance(item, bytes):
            raise TypeError(f"image {count} is a file that was opened as text: open it with 'rb'")
    return list(pdf.pages_in(item, f'number {count}')) if isinstance(item, bytes) and item.startswith(pdf.START) \
        else [item]


def bgr_of_array(image: NDArray[Any], name: str = 'the image') -> Image:
    """An array (H, W), (H, W, 1), (H, W, 3) as BGR or (H, W, 4) as BGRA, of uint8, as (H, W, 3), BGR.

    Args:
        image: With three channels, it is returned itself. What is transparent is put on white.
        name: What the message calls it.

    Raises:
        ValueError: If it is something else.
    """
    channels = 1 if image.ndim == 2 else image.shape[2] if image.ndim == 3 else 0
    if channels not in (1, 3, 4) or image.dtype != np.uint8 or not image.size:
        raise ValueError(f'{name} is an array {image.shape} of {image.dtype}: an image is {TAKEN}')
    if channels == 1:
        return np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    if channels == 4:
        alpha = image[..., 3:].astype(np.uint16)
        return ((image[..., :3] * alpha + WHITE * (255 - alpha) + 127) // 255).astype(np.uint8)
    return image


def _not_an_image(value: Any, what: str) -> TypeError:
    hint = ', which is what cv2.imread gives for a file that it cannot read' if value is None else ''
    return TypeError(f'{what} is {"None" if value is None else "a " + type(value).__name__}{hint}: an image is {TAKEN}')
