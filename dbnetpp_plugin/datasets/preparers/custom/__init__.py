"""A data set of one's own: a folder of images, and annotations in a common format."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dbnetpp_plugin.wording import few

from ..leftovers import clear_annotations, clear_images
from ..writing import Sample, Summary, natural_key, warn_of, write_split
from . import coco, icdar, labelme, paddleocr
from .parts import Options

_logger = logging.getLogger(__name__)

# What reads a format: folder of images, and annotation file or folder -> samples, placed as in the folder of images.
FORMATS: dict[str, Callable[[Path, Path, Options], list[Sample]]] = {
    'coco': coco.read,
    'icdar': icdar.read,
    'labelme': labelme.read,
    'paddleocr': paddleocr.read,
}
USUAL = Options()


@dataclass(frozen=True)
class Source:
    """Where images and their annotations are.

    Attributes:
        images: Folder of images.
        annotations: Annotation file (COCO, PaddleOCR) or folder of annotation files (ICDAR, LabelMe); None where they
            are in the folder of images.
    """

    images: Path
    annotations: Path | None = None

    def read(self, file_format: str, options: Options = USUAL) -> list[Sample]:
        """Read all samples.

        Args:
            file_format: A name in :data:`FORMATS`.
            options: How.

        Raises:
            FileNotFoundError: If a folder or file is not there.
            ValueError: If an annotation cannot be read, no image has one, or one has two.
        """
        annotations = self.annotations or self.images
        for path in (self.images, annotations):
            if not path.exists():
                raise FileNotFoundError(f'there is no {path}')
        samples = FORMATS[file_format](self.images, annotations, options)
        if not samples:
            raise ValueError(f'no image in {self.images} has an annotation of format {file_format} in {annotations}')
        twice = [place for place, count in Counter(sample.place for sample in samples).items() if count > 1]
        if twice:
            names = few(sorted(twice, key=natural_key))
            raise ValueError(f'{annotations} annotates {len(twice)} images more than once: {names}')
        return samples


def prepare(
    source: Source,
    out: Path,
    file_format: str,
    *,
    test: Source | None = None,
    test_share: float = 0.2,
    seed: int = 0,
    upright: bool = True,
    points: int | Literal['any'] | None = None,
) -> dict[str, Summary]:
    """Prepare a data set of one's own.

    Args:
        source: The images, or with ``test`` the training images.
        out: The data root to make.
        file_format: A name in :data:`FORMATS`.
        test: The test images, if they are apart.
        test_share: Otherwise, the share of images drawn for testing, from 0 (none) to below 1.
        seed: Of the draw. It does not depend on the order of files, and little on images added later.
        upright: As in :func:`..writing.write_split`.
        points: How many an outline has in ICDAR's lines, or ``any``. Without it there are 4, and lines that can have
            more are refused.

    Returns:
        What was written, by split name.

    Raises:
        FileNotFoundError: If a folder or file is not there.
        ValueError: If an annotation cannot be read, or there are too few images to split.
    """
    # One folder may be inside another: test images must not be trained on.
    train_samples = source.read(file_format, Options(points, (out, test.images) if test else (out,)))
    if test:
        splits = {'train': train_samples, 'test': test.read(file_format, Options(points, (out, source.images)))}
        trained_on = {sample.image.resolve() for sample in train_samples}
        warn_of('test images are trained on, too: figures will flatter',
                [sample.place for sample in splits['test'] if sample.image.resolve() in trained_on])
    else:
        splits = draw_split(train_samples, test_share, seed)
    found: dict[str, Summary] = {}
    try:
        for name, part in splits.items():
            placed = (sample._replace(place=f'{name}/{sample.place}') for sample in part)
            found[name] = summary = write_split(out, name, placed, upright)
            _logger.info(
                f'{name}: {summary.images} images, {summary.instances} instances, {summary.ignored} of them ignored')
    finally:
        clear_annotations(out, found)
    clear_images(out, [source.images, *([test.images] if test else [])])
    return found


def draw_split(samples: Sequence[Sample], test_share: float, seed: int) -> dict[str, list[Sample]]:
    """Draw the images to test on.

    Args:
        samples: All samples.
        test_share: Share of images, from 0 (none) to below 1; at least one image is drawn, and one is left.
        seed: Of the draw.

    Returns:
        ``train`` and, unless the share is 0, ``test``, each in the order of ``samples``.

    Raises:
        ValueError: If the share is out of range, or there are fewer than two images to share out.
    """
    if not 0 <= test_share < 1:
        raise ValueError(f'test_share should be from 0 to below 1, got {test_share}')
    if test_share == 0:
        return {'train': list(samples)}
    if len(samples) < 2:
        raise ValueError(f'there are {len(samples)} images, too few to draw some of them for testing')
    count = min(max(1, round(test_share * len(samples))), len(samples) - 1)
    # Each image has its own lot, so that a new one displaces at most one other.
    lots = {sample.place: hashlib.sha256(f'{seed}/{sample.place}'.encode()).digest() for sample in samples}
    drawn = set(sorted(lots, key=lots.__getitem__)[:count])
    return {
        'train': [sample for sample in samples if sample.place not in drawn],
        'test': [sample for sample in samples if sample.place in drawn],
    }
