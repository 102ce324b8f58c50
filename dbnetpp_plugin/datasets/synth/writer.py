"""Writing a synthetic data set: pictures and annotation files."""

import functools
import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from dbnetpp_plugin.annotations.mmocr_json import make_entry, write_annotations

from .grounds import Size
from .options import PLAIN, PageOptions
from .page import check_page, render_page
from .vocabulary import Vocabulary

SPLITS = ('train', 'test')
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageSource:
    """All that decides what the pages of a split look like.

    Attributes:
        split: ``train`` or ``test``.
        seed: Whole number from 0. A page depends on (seed, split, its number), not on who makes it when.
        size: Width and height in pixels.
        fonts: From :func:`.fonts.find_fonts`.
        photographs: From :func:`.photographs.find_photographs`.
        options: How varied they are.
        level: What is annotated: each ``word``, or each whole ``line``.
        vocabulary: What is written.
    """

    split: str
    seed: int
    size: Size
    fonts: tuple[Path, ...]
    photographs: Sequence[np.ndarray]
    options: PageOptions = PLAIN
    level: str = 'word'
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise ValueError(f'split should be one of {", ".join(SPLITS)}, got {self.split!r}')
        if self.seed < 0:
            raise ValueError(f'seed should be a whole number from 0, got {self.seed}')
        check_page(self.size)

    def rng(self, number: int) -> np.random.Generator:
        """Source of chance of one page."""
        return np.random.default_rng((self.seed, SPLITS.index(self.split), number))


def write_synthetic_split(out: Path, source: PageSource, count: int, workers: int = 1) -> None:
    """Write ``count`` pages to ``out/imgs/<split>`` and their annotation to ``out/textdet_<split>.json``.

    Args:
        out: The data root to make.
        source: What the pages look like.
        count: How many.
        workers: How many processes share the work; the result is the same.
    """
    (out / 'imgs' / source.split).mkdir(parents=True, exist_ok=True)
    entries = []
    for entry in _run(functools.partial(write_page, out, source), count, workers):
        entries.append(entry)
        if len(entries) % 1000 == 0:
            _logger.info(f'{source.split}: {len(entries)} of {count} pages')
    write_annotations(out / f'textdet_{source.split}.json', entries)
    flags = [instance['ignore'] for entry in entries for instance in entry['instances']]
    _logger.info(f'{source.split}: {len(entries)} images, {len(flags)} instances, {sum(flags)} ignored, in {out}')


def write_page(out: Path, source: PageSource, number: int) -> dict[str, Any]:
    """Write one page as JPEG and return its annotation entry."""
    rng = source.rng(number)
    image, instances = render_page(rng, source.fonts, source.photographs, source.size, source.options,
                                   level=source.level, vocabulary=source.vocabulary)
    path = out / 'imgs' / source.split / f'{number}.jpg'
    if not cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))]):
        raise OSError(f'cannot write {path}')
    return make_entry(path.relative_to(out).as_posix(), *source.size, instances)


def _run(make: Callable[[int], dict[str, Any]], count: int, workers: int) -> Iterator[dict[str, Any]]:
    if workers <= 1:
        yield from map(make, range(count))
        return
    # Spawned: a fork of a process in which OpenCV or PyTorch has started threads, as in training, can hang for ever.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(workers, context, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.map(make, range(count), chunksize=8)
