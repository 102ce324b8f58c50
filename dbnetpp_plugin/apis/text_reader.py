"""From images to words, in the order a person reads them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from mmengine.config import Config
from numpy.typing import NDArray

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.listing import ImagePath, ImageSource, iterate_images
from dbnetpp_plugin.inference.pretrained import READING_DETECTOR, pretrained_model
from dbnetpp_plugin.reading.crops import MARGIN, crop_polygon, is_tall
from dbnetpp_plugin.reading.reading_order import reading_order

from .text_detector import Detection, ErrorHandler, TextDetector
from .text_recognizer import NOTHING, Recognition, TextRecognizer

Image = NDArray[np.uint8]


class Detector(Protocol):
    """What finds the text, such as :class:`.text_detector.TextDetector`."""

    def read(self, path: ImagePath) -> Image:
        """Read an image file as (H, W, 3), BGR."""

    def stream(self, images: Iterable[Image], batch_size: int) -> Iterator[Detection]:
        """Detect text in arrays; one detection an image, in order."""


@dataclass(frozen=True, eq=False)
class Reading:
    """Text read in one image, in reading order."""

    polygons: list[NDArray[np.float32]]
    """N arrays (K, 2) of image pixels, x before y, clockwise."""
    scores: NDArray[np.float32]
    """(N,), of the detection, in [0, 1]."""
    texts: list[str]
    """N; empty where nothing was read."""
    text_scores: NDArray[np.float32]
    """(N,), of the recognition, in [0, 1]: means over the characters."""
    image: str | int
    """Path of the file, or place of the array among the images given, from 0."""
    size: tuple[int, int]
    """``(height, width)`` of the image."""


class TextReader:
    """A detector and a recognizer, as a function of images.

    Args:
        detector: Finds the text; by default, the one that comes with the package.
        recognizer: Reads it; or what :class:`.text_recognizer.TextRecognizer` is made of: a config, its path, or a name
            of MMOCR's, such as ``'SAR'``. By default, the one that comes with the package.
        recognizer_weights: Of a recognizer that is to be made. A name has weights of its own.
        device: Of what is to be made.
        vertical: Read text that is rather tall than wide in three ways: as it is, for single letters, and turned to
            either side. Otherwise only turned counterclockwise, so that what ran downwards is read.
        upside_down: Read all text upside down too, which takes twice the time.
        text_batch_size: How many crops the recognizer sees at once, at most. They may come from several images.
        margin: How far crops reach beyond the detected outlines, see
            :func:`dbnetpp_plugin.reading.crops.crop_polygon`.

    Of several ways of reading the same text, the one with the highest score wins.

    Raises:
        FileNotFoundError, OSError, ValueError: As :class:`.text_recognizer.TextRecognizer` does.
    """

    def __init__(self, detector: Detector | None = None, recognizer: TextRecognizer | str | Path | Config | None = None,
                 recognizer_weights: str | Path | None = None, device: str | torch.device | None = None, *,
                 vertical: bool = True, upside_down: bool = False, text_batch_size: int = 64,
                 margin: float = MARGIN) -> None:
        self.detector = detector or TextDetector(*pretrained_model(READING_DETECTOR), device)
        self.recognizer = (recognizer if isinstance(recognizer, TextRecognizer)
                           else TextRecognizer(recognizer, recognizer_weights, device))
        self.vertical, self.upside_down = vertical, upside_down
        self.text_batch_size, self.margin = text_batch_size, margin

    def __call__(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1) -> list[Reading]:
        """Read the text in all images.

        Args:
            images: A path, folder or pattern; an array (H, W, 3), uint8, BGR; or an iterable of these.
            batch_size: How many images the detector sees at once. The recognizer sees the text of all of them together.

        Returns:
            One reading an image, in order. See :meth:`stream` to have each as soon as it is there.

        Raises:
            BrokenImageError: If a file is not an image that can be read.
            FileNotFoundError: If there is nothing at a path.
            ValueError: If an array is not an image, or a batch size is not positive.
        """
        return list(self.stream(images, batch_size))

    def stream(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1,
               on_error: ErrorHandler | None = None) -> Iterator[Reading]:
        """Read one batch after the other; each image is read once, and memory does not grow with their number.

        Args:
            images: As in a call; an endless iterable is fine.
            batch_size: As in a call.
            on_error: Called with the name of a file that cannot be read, and the error; the file is left out. Without
                it, the error is raised.

        Yields:
            One reading an image, in order.

        Raises:
            BrokenImageError, FileNotFoundError, ValueError: As in a call.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        waiting: deque[tuple[str | int, Image]] = deque()  # images that the detector has, and has not answered

        def arrays() -> Iterator[Image]:
            for page in self._read_files(images, on_error):
                waiting.append(page)
                yield page[1]

        detections = self.detector.stream(arrays(), batch_size)
        while batch := list(islice(detections, batch_size)):
            yield from self._read_text(batch, [waiting.popleft() for _ in batch])

    def _read_files(self, images: ImageSource | Iterable[ImageSource],
                    on_error: ErrorHandler | None) -> Iterator[tuple[str | int, Image]]:
        for name, source in iterate_images(images):
            try:
                image = source if isinstance(source, np.ndarray) else self.detector.read(source)
            except BrokenImageError as error:
                if on_error is None:
                    raise
                on_error(name, error)
            else:
                yield name, image

    def _read_text(self, detections: Sequence[Detection], pages: Sequence[tuple[str | int, Image]]) -> list[Reading]:
        views = [self._views(image, polygon) for found, (_, image) in zip(detections, pages, strict=True)
                 for polygon in found.polygons]
        recognized = iter(self.recognizer([view for several in views for view in several], self.text_batch_size))
        best = iter([_best(list(islice(recognized, len(several)))) for several in views])
        return [_reading(found, list(islice(best, len(found.polygons))), name)
                for found, (name, _) in zip(detections, pages, strict=True)]

    def _views(self, image: Image, polygon: NDArray) -> list[Image]:
        """The ways of looking at a text; none if there is nothing to see."""
        crop = crop_polygon(image, polygon, margin=self.margin)
        if crop is None:
            return []
        quarters = [0] if not is_tall(crop) else [0, 1, 3] if self.vertical else [1]
        if self.upside_down:
            quarters += [quarter + 2 for quarter in quarters if (quarter + 2) % 4 not in quarters]
        return [np.ascontiguousarray(np.rot90(crop, quarter)) for quarter in quarters]


def _best(ways: Sequence[Recognition]) -> Recognition:
    return max(ways, key=lambda way: way.score, default=NOTHING)


def _reading(found: Detection, recognized: Sequence[Recognition], name: str | int) -> Reading:
    order = reading_order(found.polygons)
    return Reading(
        polygons=[found.polygons[i] for i in order],
        scores=found.scores[order],
        texts=[recognized[i].text for i in order],
        text_scores=np.array([recognized[i].score for i in order], np.float32),
        image=name,
        size=found.size)
