"""From images to text, in the order a person reads it, with any detector and recognizer."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.listing import ImagePath
from dbnetpp_plugin.images.sources import ImageSource, NamedSource, iterate_images
from dbnetpp_plugin.reading.crops import MARGIN, TextCrop, text_crop, turned, ways_to_read
from dbnetpp_plugin.reading.line_words import between
from dbnetpp_plugin.reading.page_direction import (
    directions,
    page_direction,
    sample_lines,
    turn_image,
    turn_points,
)
from dbnetpp_plugin.reading.reading_order import reading_order
from dbnetpp_plugin.reading.settings import MIN_SCORE, ORIENTATIONS, UPRIGHT

from .recognizer import CropRecognizer
from .results import NOTHING, Detection, ErrorHandler, Reading, Recognition

Image = NDArray[np.uint8]
DOUBTFUL = 0.8  # score below which a line may stand on its head


class Detector(Protocol):
    """What finds the text, such as :class:`.detector.ImageDetector`."""

    def load(self, named: NamedSource) -> Image:
        """Load an image as (H, W, 3), BGR."""

    def stream(self, images: Iterable[Image], batch_size: int,
               on_error: ErrorHandler | None = None) -> Iterator[Detection]:
        """Detect text in arrays; one detection per image, in order. With ``on_error``, an image may be left out."""


def check_options(orientation: str, min_score: float) -> None:
    """Check options of :class:`PageReader`, which is worth doing before models are loaded.

    Raises:
        ValueError: As :class:`PageReader`.
    """
    if orientation not in ORIENTATIONS:
        raise ValueError(f'the orientation is one of {", ".join(ORIENTATIONS)}, got {orientation!r}')
    if not 0 <= min_score <= 1:
        raise ValueError(f'the lowest score is a number from 0 to 1, got {min_score}')


class _Line(NamedTuple):
    """The best way of reading a line, and what it says."""

    crop: TextCrop | None
    """None where there was nothing to see."""
    said: Recognition


class _Region(NamedTuple):
    """A line or a word."""

    polygon: NDArray[np.float32]
    score: float
    text: str
    text_score: float


class PageReader:
    """A detector and a recognizer, as a function of images.

    Of several ways of reading the same text, the one with the highest score wins: text that is taller than wide may be
    a letter, or a line that runs down or up.

    Args:
        detector: Finds the text.
        recognizer: Reads it.
        words: Whether lines are divided into words, each with an outline and scores of its own. The recognizer must
            have CTC.
        orientation: ``'upright'`` for pages and lines that are; ``'auto'`` to find out by which multiple of 90 degrees
            each page is turned, and to read lines that make no sense upside down, too.
        min_score: Lowest score of a recognition that is kept, the mean over its characters. What is no text, or cannot
            be read, has lower ones; with 0 it stays, with the empty text where nothing was read.
        text_batch_size: How many crops the recognizer sees at once, at most. They may come from several images.
        margin: How far crops reach beyond the detected outlines, see
            :func:`dbnetpp_plugin.reading.crops.text_crop`.

    Raises:
        ValueError: For an unknown orientation, a lowest score beyond 0 to 1, or words of a recognizer that does not say
            where they are.
    """

    def __init__(self, detector: Detector, recognizer: CropRecognizer, *, words: bool = False,
                 orientation: str = UPRIGHT, min_score: float = MIN_SCORE, text_batch_size: int = 64,
                 margin: float = MARGIN) -> None:
        check_options(orientation, min_score)
        if words:
            recognizer.check_words()
        self.detector, self.recognizer = detector, recognizer
        self.words, self.orientation, self.min_score = words, orientation, min_score
        self.text_batch_size, self.margin = text_batch_size, margin

    def __call__(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1) -> list[Reading]:
        """Read the text in all images.

        Args:
            images: As :class:`.detector.ImageDetector` takes them.
            batch_size: How many images the detector sees at once. The recognizer sees the text of all of them together.

        Returns:
            One reading per image, in order. See :meth:`stream` to have each as soon as it is there.

        Raises:
            BrokenImageError, FileNotFoundError, ImportError, TypeError, ValueError: As
                :class:`.detector.ImageDetector` does.
        """
        return list(self.stream(images, batch_size))

    def read(self, path: ImagePath) -> Image:
        """Load an image file as (H, W, 3), BGR, in the orientation that readings refer to.

        Raises:
            BrokenImageError: If it is not an image that can be read.
        """
        return self.detector.load(NamedSource(str(path), path))

    def stream(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1,
               on_error: ErrorHandler | None = None) -> Iterator[Reading]:
        """Read one batch after the other; each image is loaded once, and memory does not grow with their number.

        Args:
            images: As in a call; an endless iterable is fine.
            batch_size: As in a call.
            on_error: Called with the name of an image that is missing or cannot be read, and the error; the image is
                left out. Without it, the error is raised.

        Yields:
            One reading per image, in order.

        Raises:
            BrokenImageError, FileNotFoundError, ImportError, TypeError, ValueError: As in a call.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        waiting: dict[int, tuple[str | int, Image]] = {}  # images that the detector has, and has not answered
        count = itertools.count()

        def arrays() -> Iterator[Image]:
            for page in self._loaded(images, on_error):
                waiting[next(count)] = page
                yield page[1]

        def refused(number: str | int, error: BrokenImageError) -> None:
            name, _ = waiting.pop(int(number))
            if on_error is not None:
                on_error(name, error)

        # A detector that knows nothing of on_error is given none where none is needed.
        handler = {} if on_error is None else {'on_error': refused}
        detections = self.detector.stream(arrays(), batch_size, **handler)
        while batch := list(islice(detections, batch_size)):
            yield from self._read_pages(batch, [waiting.pop(min(waiting)) for _ in batch])

    def _loaded(self, images: ImageSource | Iterable[ImageSource],
                on_error: ErrorHandler | None) -> Iterator[tuple[str | int, Image]]:
        for named in iterate_images(images, forgiving=on_error is not None):
            try:
                image = self.detector.load(named)
            except BrokenImageError as error:
                if on_error is None:
                    raise
                on_error(named.name, error)
            else:
                yield named.name, image

    def _read_pages(self, detections: Sequence[Detection], pages: Sequence[tuple[str | int, Image]]) -> list[Reading]:
        quarters = [self._direction(found, image) for found, (_, image) in zip(detections, pages, strict=True)]
        images = [turn_image(image, quarter) for (_, image), quarter in zip(pages, quarters, strict=True)]
        # Detectors find fewer lines that run up or down: a page that was turned is looked at once more.
        turned_pages = [image for image, quarter in zip(images, quarters, strict=True) if quarter]
        again = iter(self.detector.stream(turned_pages, 1))
        upright = [next(again) if quarter else found for found, quarter in zip(detections, quarters, strict=True)]
        crops = [self._crops(image, found.polygons) for image, found in zip(images, upright, strict=True)]
        lines = iter(self._lines([crop for page in crops for crop in page]))
        return [self._reading(found, list(islice(lines, len(found.polygons))), quarter, name)
                for found, quarter, (name, _) in zip(upright, quarters, pages, strict=True)]

    def _direction(self, found: Detection, image: Image) -> int:
        """By how many quarters of a turn, counterclockwise, the page becomes upright."""
        if self.orientation == UPRIGHT:
            return 0
        crops = [crop for crop in self._crops(image, sample_lines(found.polygons)) if crop is not None]
        ways = [(quarter, turned(crop, quarter).image) for crop in crops for quarter in directions(crop)]
        said = self.recognizer([view for _, view in ways], self.text_batch_size)
        return page_direction((quarter, way.score * len(way.text))
                              for (quarter, _), way in zip(ways, said, strict=True))

    def _crops(self, image: Image, polygons: Sequence[NDArray]) -> list[TextCrop | None]:
        return [text_crop(image, polygon, margin=self.margin) for polygon in polygons]

    def _lines(self, crops: Sequence[TextCrop | None]) -> list[_Line]:
        best = self._best([[] if crop is None else ways_to_read(crop) for crop in crops])
        if self.orientation == UPRIGHT:
            return best
        overturned = self._best([
            [turned(line.crop, 2)] if line.crop is not None and line.said.score < DOUBTFUL else [] for line in best])
        return [max(pair, key=lambda line: line.said.score) for pair in zip(best, overturned, strict=True)]

    def _best(self, lines: Sequence[Sequence[TextCrop]]) -> list[_Line]:
        """The way of each line that is read with the highest score."""
        views = [crop.image for ways in lines for crop in ways]
        said = iter(self.recognizer(views, self.text_batch_size, words=self.words))
        return [max((_Line(crop, next(said)) for crop in ways), key=lambda line: line.said.score,
                    default=_Line(None, NOTHING)) for ways in lines]

    def _reading(self, found: Detection, lines: Sequence[_Line], quarter: int, name: str | int) -> Reading:
        """What was read on an upright page, on the page as it was given."""
        regions = [region for index in reading_order(found.polygons) if lines[index].said.score >= self.min_score
                   for region in self._regions(found.polygons[index], float(found.scores[index]), lines[index])]
        return Reading(
            polygons=turn_points([region.polygon for region in regions], found.size, -quarter),
            scores=np.array([region.score for region in regions], np.float32),
            texts=[region.text for region in regions],
            text_scores=np.array([region.text_score for region in regions], np.float32),
            image=name,
            size=found.size[::-1] if quarter % 2 else found.size)

    def _regions(self, polygon: NDArray, score: float, line: _Line) -> Iterator[_Region]:
        crop, said = line
        if crop is None or not said.words:  # nothing was read, or words were not asked for
            yield _Region(polygon, score, said.text, said.score)
            return
        for word in said.words:
            outline = between(crop.edges, crop.share_of_text(word.start), crop.share_of_text(word.stop))
            yield _Region(outline.astype(np.float32), score, word.text, word.score)
