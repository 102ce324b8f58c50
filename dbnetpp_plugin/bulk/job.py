"""Finding the text in a long list of images, on one or several processes, in a way that can be interrupted.

What is found in an image depends on the images in its batch, which are padded to one size. So the list is divided as
:mod:`.sharding` says, and an interrupted job goes on at the beginning of a chunk: its results are, byte for byte, those
of a job that was not interrupted, on however many processes. (On other hardware the last digits may differ.)
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.files import unique_stems
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.writing import write_jpeg
from dbnetpp_plugin.visualization.text_regions import draw_text_regions

from .journal import Journal
from .results import Found, keep_scores, read_records, to_record
from .sharding import Process, chunked

PICTURES = 'pictures'
MAX_JPEG_SIDE = 65500
READERS = WRITERS = 2  # threads; images are decoded, and pictures drawn, while the model computes
WAITING = 4  # images to be drawn
Image = NDArray[np.uint8]
Record = dict[str, Any]


class Engine(NamedTuple):
    """What finds text."""

    read: Callable[[str], Image]
    """Image at a path, or BrokenImageError."""
    stream: Callable[[Iterable[Image], int], Iterator[Found]]
    """Text of each image, in order, of batches of that size."""


@dataclass(frozen=True)
class Job:
    """What is to be done."""

    paths: list[str]
    """Of the images, each once."""
    out_dir: Path
    settings: Mapping[str, Any]
    """What results depend on, beside the following."""
    batch_size: int = 1
    score_thr: float = 0.0
    """Lowest score that is kept."""
    pictures: bool = True
    """Whether images are drawn with what was found."""

    def all_settings(self) -> dict[str, Any]:
        """Everything that the results depend on."""
        return {**self.settings, 'batch size': self.batch_size, 'score threshold': self.score_thr,
                'pictures': self.pictures}


class Started(NamedTuple):
    """A job that is ready to run in this process."""

    journal: Journal
    chunks: list[Sequence[str]]
    share: Sequence[int]
    """Chunks that are left for this process."""
    left: int
    """Images that are left for all processes."""
    engine: Engine | None
    """None if nothing is left for this process."""


class Summary(NamedTuple):
    """How a job ended."""

    images: int
    regions: int
    failed: int


def start(job: Job, build: Callable[[], Engine], process: Process, restart: bool = False) -> Started:
    """Get ready: see what is done already, and load the model if something is left.

    Args:
        job: What is to be done.
        build: Loads the model.
        process: This one; all have to call this function.
        restart: Forget what is done.

    Raises:
        OSError, ValueError: If nothing can be started. Nothing has been changed then, except with ``restart``.
    """
    chunks = chunked(job.paths, job.batch_size)
    journal = Journal(job.out_dir, job.all_settings(), [len(chunk) for chunk in chunks])
    opened = process.from_first(_opened(journal, restart) if process.is_first else [])
    if isinstance(opened, Exception):
        raise opened
    try:
        engine = build() if process.share_of(opened) else None
        if process.is_first:
            journal.begin()
        process.wait_for_all()
        if not process.is_first:
            journal.check_shared(process.rank)
    except BaseException:
        journal.unlock()
        raise
    return Started(journal, chunks, process.share_of(opened), sum(len(chunks[index]) for index in opened), engine)


def _opened(journal: Journal, restart: bool) -> list[int] | Exception:
    """An error is handed to the other processes, which would wait for this one otherwise."""
    try:
        return journal.open(restart)
    except (OSError, ValueError) as error:
        journal.unlock()
        return error


def work(job: Job, started: Started, process: Process, on_image: Callable[[Record], None]) -> None:
    """Do the share of this process, and in the first one wait for the others and put all results together.

    Args:
        job: What is to be done.
        started: From :func:`start`.
        process: This one; all have to call this function.
        on_image: Called with the record of each image.

    Raises:
        OSError: If something cannot be written.
    """
    journal, engine = started.journal, started.engine
    pictures = picture_names(job.paths) if job.pictures and engine else {}
    try:
        if engine:
            for index in started.share:
                journal.add(index, _chunk_records(job, engine, started.chunks[index], pictures, on_image))
                if process.is_first:
                    journal.merge()
        process.wait_for_all()
        if process.is_first:
            journal.close()
        process.wait_for_all()
    finally:
        journal.unlock()


def picture_names(paths: Sequence[str]) -> dict[str, str]:
    """Path of an image -> path of its picture in the output folder."""
    return {path: f'{PICTURES}/{stem}.jpg' for path, stem in zip(paths, unique_stems(paths), strict=True)}


def summarize(results: Path) -> Summary:
    """Count what is in the results of a job."""
    images = regions = failed = 0
    for record in read_records(results):
        images += 1
        regions += len(record.get('scores', ()))
        failed += 'error' in record
    return Summary(images, regions, failed)


# --- one chunk -------------------------------------------------------------------------------------------------------
def _chunk_records(job: Job, engine: Engine, paths: Sequence[str], pictures: Mapping[str, str],
                   on_image: Callable[[Record], None]) -> list[Record]:
    with PictureWriter(job.out_dir) as writer:

        def finish(path: str, image: Image, found: Found) -> Record:
            record = keep_scores(to_record(found, path), job.score_thr)
            if path in pictures and max(found.size) <= MAX_JPEG_SIDE:
                record['picture'] = pictures[path]
                writer.add(image, record)
            return record

        return find(engine, paths, job.batch_size, finish, on_image)


class PictureWriter:
    """Context in which pictures are drawn and written while other work goes on; at its end all are there.

    Args:
        folder: In which the pictures are, at the paths that records have under ``picture``.

    Raises:
        OSError: At the end, if a picture could not be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix='picture')
        self._pictures: dict[str, Future[None]] = {}

    def add(self, image: Image, record: Mapping[str, Any]) -> None:
        """Draw the record into the image. It replaces a picture of the same path that was added before."""
        wait([self._pictures[record['picture']]] if record['picture'] in self._pictures else [])
        unfinished = [picture for picture in self._pictures.values() if not picture.done()]
        wait(unfinished[:-WAITING])  # images that wait to be drawn take memory
        self._pictures[record['picture']] = self._pool.submit(self._draw, image, record)

    def _draw(self, image: Image, record: Mapping[str, Any]) -> None:
        texts = {'texts': record['texts']} if 'texts' in record else {}
        polygons = [np.asarray(polygon) for polygon in record['polygons']]
        path = self._folder / record['picture']
        path.parent.mkdir(exist_ok=True)
        write_jpeg(draw_text_regions(image, polygons, record['scores'], **texts), path)

    def __enter__(self) -> 'PictureWriter':
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self._pool.shutdown()
        if error is None:
            for picture in self._pictures.values():
                picture.result()


def find(engine: Engine, paths: Sequence[str], batch_size: int, finish: Callable[[str, Image, Found], Record],
         on_image: Callable[[Record], None]) -> list[Record]:
    """Find the text in some images, whatever becomes of some of them.

    Args:
        engine: What finds text.
        paths: Of the images.
        batch_size: Images at once.
        finish: Makes a record of what was found.
        on_image: Called once with each record, as soon as it is there.

    Returns:
        One record an image, in order. Where an image cannot be read, or the model fails on it, it is ``path`` and
        ``error``.

    Raises:
        Exception: What the model raises, if it fails on all of several images: then it is not about the images.
    """
    told: set[str] = set()

    def tell(record: Record) -> Record:
        if record['path'] not in told:
            told.add(record['path'])
            on_image(record)
        return record

    try:
        return _attempt(engine, paths, batch_size, finish, tell)
    except Exception as error:  # whatever it is, an image must not end the job, nor take others with it
        if len(paths) == 1:
            return [tell(_failure(paths[0], error))]
    return _find_singly(engine, paths, finish, tell)


def _find_singly(engine: Engine, paths: Sequence[str], finish: Callable[[str, Image, Found], Record],
                 tell: Callable[[Record], Record]) -> list[Record]:
    records, errors = [], []
    for path in paths:
        try:
            records += _attempt(engine, [path], 1, finish, tell)
        except Exception as error:  # as above
            if not isinstance(error, BrokenImageError):  # which is about the image
                errors.append(error)
            records.append(tell(_failure(path, error)))
    if len(errors) > 1 and all('error' in record for record in records):
        raise errors[-1]
    return records


def _failure(path: str, error: Exception) -> Record:
    # OpenCV's own message begins with where its sources lay when it was built.
    reason = f'{error.func}: {error.err}' if isinstance(error, cv2.error) else ' '.join(str(error).split())
    return {'path': path, 'error': f'image file {path} cannot be processed: {reason or type(error).__name__}'}


def _attempt(engine: Engine, paths: Sequence[str], batch_size: int,
             finish: Callable[[str, Image, Found], Record], tell: Callable[[Record], Record]) -> list[Record]:
    records: dict[str, Record] = {}
    waiting: deque[tuple[str, Image]] = deque()

    def readable() -> Iterator[Image]:
        for path, image in _read_ahead(engine.read, paths, batch_size + READERS):
            if isinstance(image, BrokenImageError):
                records[path] = tell({'path': path, 'error': str(image)})
            else:
                waiting.append((path, image))
                yield image

    for found in engine.stream(readable(), batch_size):
        path, image = waiting.popleft()
        records[path] = tell(finish(path, image, found))
    return [records[path] for path in paths]


def _read_ahead(read: Callable[[str], Image], paths: Sequence[str],
                count: int) -> Iterator[tuple[str, Image | BrokenImageError]]:
    def attempt(path: str) -> Image | BrokenImageError:
        try:
            return read(path)
        except BrokenImageError as error:
            return error

    with ThreadPoolExecutor(READERS, thread_name_prefix='reader') as pool:
        running = deque((path, pool.submit(attempt, path)) for path in paths[:count])
        for path in [*paths[count:], *([None] * len(running))]:
            name, image = running.popleft()
            if path is not None:
                running.append((path, pool.submit(attempt, path)))
            yield name, image.result()
