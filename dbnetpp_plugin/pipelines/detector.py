"""Detecting text in images of any kind and number, batch by batch, whatever computes the maps."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.listing import ImagePath
from dbnetpp_plugin.images.sources import ImageSource, NamedSource, iterate_images, load_image

from .prefetch import prefetched
from .results import Detection, ErrorHandler

NARROW = 64  # times as long as wide: nothing may be left of the shorter side of such images
Image = NDArray[np.uint8]


class Regions(NamedTuple):
    """Text found in one image."""

    polygons: list[NDArray[np.float32]]
    """N arrays (K, 2), pixels of the image."""
    scores: NDArray[np.float32]
    """(N,), in [0, 1]."""


class DetectionEngine(Protocol):
    """What :class:`ImageDetector` needs of a network. The first two and the last method run in threads of their own."""

    upright: bool
    """Whether files are turned as their EXIF data ask."""

    def prepare(self, image: Image, name: str) -> Any:
        """An image (H, W, 3), BGR, as the network takes it."""

    def collate(self, prepared: Sequence[Any]) -> Any:
        """A batch of prepared images."""

    def maps(self, batch: Any) -> Any:
        """Probability maps of a batch."""

    def regions(self, maps: Any) -> Iterable[Regions]:
        """Text in the maps of a batch, per image."""


class _Batch(NamedTuple):
    """Images that go through the network together, and files that were to be among them."""

    frames: list[tuple[str | int, tuple[int, int]]]  # name, (height, width)
    inputs: Any  # None if there are no frames
    broken: list[tuple[str | int, BrokenImageError]]


class ImageDetector:
    """A function of images that gives the text in them.

    Args:
        engine: The network.
    """

    def __init__(self, engine: DetectionEngine) -> None:
        self._engine = engine

    def __call__(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1) -> list[Detection]:
        """Detect text in all images.

        Args:
            images: A path, folder or pattern; bytes; an open file; a Pillow image; an array, uint8, (H, W), (H, W, 3)
                as BGR, or (H, W, 4) as BGRA; or an iterable of these. PDF files stand for their pages.
            batch_size: How many images the model sees at once. Within a batch, smaller ones are padded.

        Returns:
            One detection per image, in order. See :meth:`stream` to have each as soon as it is there.

        Raises:
            BrokenImageError: If a file is not an image that can be read, or nothing is left of an image when the test
                pipeline scales it, such as of 30000 x 1 pixels.
            FileNotFoundError: If there is nothing at a path.
            ImportError: If there is a PDF file, and the package that reads it is missing.
            TypeError: If an image is something else.
            ValueError: If an array is not an image, or the batch size is not positive.
        """
        return list(self.stream(images, batch_size))

    def stream(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1,
               on_error: ErrorHandler | None = None) -> Iterator[Detection]:
        """Detect text in one batch after the other; memory does not grow with the number of images.

        The next batch is read, and text is found in the maps of the one before, while the network works.

        Args:
            images: As in a call; an endless iterable is fine. It is up to two batches ahead of the detections.
            batch_size: As in a call.
            on_error: Called with the name of an image that is missing or cannot be read, and the error; the image is
                left out. Without it, the error is raised.

        Yields:
            One detection per image, in order.

        Raises:
            BrokenImageError, FileNotFoundError, ImportError, TypeError, ValueError: As in a call.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        named = iterate_images(images, forgiving=on_error is not None)

        def maps(batch: _Batch) -> tuple[_Batch, Any]:
            for name, error in batch.broken:
                if on_error is None:
                    raise error
                on_error(name, error)
            return batch, self._engine.maps(batch.inputs) if batch.frames else None

        for found in prefetched(_batches(named, batch_size), self._prepared, maps, self._detections):
            yield from found

    def read(self, path: ImagePath) -> Image:
        """Read an image file as (H, W, 3), BGR, in the orientation that detections refer to.

        Raises:
            BrokenImageError: If it is not an image that can be read.
        """
        return self.load(NamedSource(str(path), path))

    def load(self, named: NamedSource) -> Image:
        """Load an image of any kind as :meth:`read` does.

        Raises:
            BrokenImageError, TypeError, ValueError: As :func:`.images.sources.load_image`.
        """
        return load_image(named, upright=self._engine.upright)

    def _prepared(self, sources: Sequence[NamedSource]) -> _Batch:
        frames, inputs, broken = [], [], []
        for named in sources:
            name = named.name
            try:
                image = self.load(named)
                prepared = self._prepare(image, name)
            except BrokenImageError as error:
                broken.append((name, error))
            else:
                frames.append((name, (image.shape[0], image.shape[1])))
                inputs.append(prepared)
        return _Batch(frames, self._engine.collate(inputs) if inputs else None, broken)

    def _prepare(self, image: Image, name: str | int) -> Any:
        try:
            return self._engine.prepare(image, str(name))
        except (cv2.error, ZeroDivisionError) as error:
            height, width = image.shape[:2]
            if max(height, width) < NARROW * min(height, width):  # then the pipeline is to blame
                raise
            raise BrokenImageError(f'image {name} of {width} x {height} pixels is too long and narrow: nothing is left '
                                   'of its shorter side when the longer one is scaled to fit') from error

    def _detections(self, found: tuple[_Batch, Any]) -> list[Detection]:
        batch, maps = found
        regions = self._engine.regions(maps) if batch.frames else ()
        return [Detection(polygons, scores, name, size)
                for (name, size), (polygons, scores) in zip(batch.frames, regions, strict=True)]


def _batches(sources: Iterator[NamedSource], size: int) -> Iterator[list[NamedSource]]:
    while batch := list(islice(sources, size)):
        yield batch
