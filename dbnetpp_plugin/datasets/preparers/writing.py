"""Writing a split: its images in their place, and its annotation file, one image at a time."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from dbnetpp_plugin.annotations.mmocr_json import METAINFO, make_entry, validate_annotations, write_annotations
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.wording import few

from .fit import Fit
from .images import check_image, place_image
from .orientation import is_outlined_upright

_logger = logging.getLogger(__name__)
Instances = list[dict[str, Any]]

PROGRESS_EVERY = 20000


class Sample(NamedTuple):
    """An image and its text.

    Attributes:
        image: The original.
        place: Where it belongs, seen from ``textdet_imgs`` in the data root.
        instances: Its text.
        size: Width and height of the image that the text was outlined on; None where the annotation does not tell.
    """

    image: Path
    place: str
    instances: Instances
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class Summary:
    """What a prepared split holds."""

    images: int
    instances: int
    ignored: int


@dataclass
class Tally:
    """What happened while a split was written. It grows with what went wrong, not with the split."""

    images: int = 0
    instances: int = 0
    ignored: int = 0
    unreadable: list[str] = field(default_factory=list)
    bad_outlines: list[str] = field(default_factory=list)
    oriented: list[str] = field(default_factory=list)
    fit: Fit = field(default_factory=Fit)

    def add(self, instances: Instances) -> None:
        """Count an image and its text."""
        self.images += 1
        self.instances += len(instances)
        self.ignored += sum(instance['ignore'] for instance in instances)


def write_split(out: Path, name: str, samples: Iterable[Sample], upright: bool = False) -> Summary:
    """Place the images of a split and write its annotation file, ``textdet_<name>.json``.

    Samples are used one by one as they come, so that memory does not grow with their number. Images that cannot be
    read, and instances without a usable outline, are left out and named in a warning.

    Args:
        out: The data root to make.
        name: ``train`` or ``test``.
        samples: Images and their text.
        upright: Which way up an image with EXIF orientation was when its text was outlined, where neither its size nor
            its outlines tell: True as EXIF asks, False as stored. The image that is placed is that way up.

    Raises:
        ValueError: If an annotation cannot be read or is for an image of another size, or no image can be read.
    """
    tally = Tally()
    write_annotations(out / f'textdet_{name}.json', _place_all(out, name, samples, upright, tally))
    _report(name, tally)
    return Summary(tally.images, tally.instances, tally.ignored)


def _place_all(
    out: Path, name: str, samples: Iterable[Sample], upright: bool, tally: Tally,
) -> Iterator[dict[str, Any]]:
    for sample in samples:
        try:
            entry = _place(out, sample, upright, tally)
        except BrokenImageError as error:
            reason = str(error).removeprefix(f'image file {sample.image} ')
            tally.unreadable.append(f'{name_of(sample)} ({reason})')
            continue
        tally.fit.add(entry, name_of(sample))
        tally.add(entry['instances'])
        yield entry
        if tally.images % PROGRESS_EVERY == 0:
            _logger.info(f'{name}: {tally.images} images so far')
    if not tally.images:
        _report(name, tally)
        raise ValueError(f'{name}: there is no image to write to {out}')


def _place(out: Path, sample: Sample, upright: bool, tally: Tally) -> dict[str, Any]:
    header = check_image(sample.image)
    upright = is_outlined_upright(header, sample.instances, sample.size, upright, str(sample.image))
    target = out / 'textdet_imgs' / sample.place
    target.parent.mkdir(parents=True, exist_ok=True)
    target = place_image(sample.image, target, header, upright)
    if header.orientation != 1:
        tally.oriented.append(f'{name_of(sample)} {"upright" if upright else "as stored"}')
    size = header.shown_size if upright else header.stored_size
    entry = make_entry(target.relative_to(out).as_posix(), *size, sample.instances)
    return _without_bad_outlines(entry, name_of(sample), tally)


def _without_bad_outlines(entry: dict[str, Any], image: str, tally: Tally) -> dict[str, Any]:
    bad = validate_annotations({'metainfo': METAINFO, 'data_list': [entry]}, image)
    if not bad:
        return entry
    tally.bad_outlines += [f'{image} instance {one.instance} ({one.reason})' for one in bad]
    out = {one.instance for one in bad}
    return {**entry, 'instances': [one for index, one in enumerate(entry['instances']) if index not in out]}


def _report(name: str, tally: Tally) -> None:
    warn_of('files that cannot be read as images, left out', tally.unreadable)
    warn_of('instances without a usable outline, left out', tally.bad_outlines)
    for sentence in tally.fit.sentences():
        _logger.warning(f'{name}: {sentence}')
    if tally.oriented:
        _logger.info(
            f'{name}: {len(tally.oriented)} images with EXIF orientation, and which way up their text was outlined: '
            f'{few(sorted(tally.oriented, key=natural_key))}')


def name_of(sample: Sample) -> str:
    """What messages call an image: its path inside the folder of its split."""
    return sample.place.partition('/')[2] or sample.image.name


def warn_of(what: str, names: Sequence[str]) -> None:
    """Warn of several things of a kind, a few of them by name; of none, be silent."""
    if names:
        _logger.warning(f'{len(names)} {what}: {few(sorted(names, key=natural_key))}')


def natural_key(name: str) -> list[str | int]:
    """Key that sorts ``img_2`` before ``img_10``."""
    return [int(part) if index % 2 else part for index, part in enumerate(re.split(r'(\d+)', name))]
