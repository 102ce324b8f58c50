"""What preparers share: finding a split, pairing images with annotation files, comparing counts."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .images import files_in, find_images
from .leftovers import clear_annotations
from .writing import Instances, Sample, Summary, natural_key, warn_of, write_split

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Split:
    """A split that has a folder of images and one annotation file an image.

    Attributes:
        name: ``train`` or ``test``. Images go to ``textdet_imgs/<name>``, the annotation file is
            ``textdet_<name>.json``.
        images: Names the folder of images goes by, seen from the root.
        annotations: The same for the folder of annotation files.
        annotation_names: Names the annotation file of an image goes by, with ``{stem}`` for the image's name without
            suffix. The first one is used that there is a file of.
        official_images: How many images the split has where it is published.
        official_instances: How many instances; None where no count is published.
    """

    name: str
    images: tuple[str, ...]
    annotations: tuple[str, ...]
    annotation_names: tuple[str, ...]
    official_images: int
    official_instances: int | None = None


def prepare_splits(
    root: Path,
    out: Path,
    splits: Sequence[Split],
    parse: Callable[[Path], Instances],
) -> dict[str, Summary]:
    """Prepare every split that is there, and say which are not.

    Args:
        root: Folder of the official download.
        out: The data root to make: annotation files, and images in ``textdet_imgs/<split>``.
        splits: The splits of the data set.
        parse: Reads one annotation file into instances.

    Returns:
        What was written, by split name.

    Raises:
        FileNotFoundError: If no split is there.
        ValueError: If an annotation file cannot be read.
    """
    found = {}
    for split, samples in find_splits(root, splits, parse):
        found[split.name] = write_split(out, split.name, samples)
        report_counts(split.name, found[split.name], split.official_images, split.official_instances)
    clear_annotations(out, found)
    return found


def find_splits(
    root: Path, splits: Sequence[Split], parse: Callable[[Path], Instances],
) -> Iterator[tuple[Split, Iterator[Sample]]]:
    """Find the splits that are there, and say which are not.

    Args:
        root: Folder of the official download.
        splits: The splits of the data set.
        parse: Reads one annotation file into instances.

    Yields:
        A split and its samples, which are parsed as they are used.

    Raises:
        FileNotFoundError: If no split is there.
    """
    missing = 0
    for split in splits:
        images, annotations = find_folder(root, split.images), find_folder(root, split.annotations)
        if images and annotations:
            yield split, _samples(split, images, annotations, parse)
        else:
            missing += 1
            wanted = split.annotations if images else split.images
            _logger.warning(
                f'no {split.name} split: {root} has none of the folders {", ".join(wanted)}{_zip_hint(root, wanted)}')
    if missing == len(splits):
        raise FileNotFoundError(f'{root} holds no split to prepare: see docs/datasets for the layout expected')


def _samples(split: Split, images: Path, annotations: Path, parse: Callable[[Path], Instances]) -> Iterator[Sample]:
    found = find_images(images)
    unread = find_images(images, nested=True, skip=[annotations]).keys() - found.keys()
    warn_of(f'images in subfolders of {images}, left out', list(unread))
    for image, annotation in pair_files(found, annotations, split.annotation_names):
        yield Sample(image, f'{split.name}/{image.name}', parse(annotation))


def find_folder(root: Path, names: Iterable[str]) -> Path | None:
    """Find the first folder of that name inside ``root``; the name ``.`` is ``root`` itself."""
    return next((root / name for name in names if (root / name).is_dir()), None)


def _zip_hint(root: Path, names: Iterable[str]) -> str:
    archive = next((root / f'{name}.zip' for name in names if (root / f'{name}.zip').is_file()), None)
    return f': unpack {archive} into a folder of its name' if archive else ''


def pair_files(
    images: dict[str, Path], annotations: Path, annotation_names: Sequence[str], nested: bool = False,
    skip: Collection[Path] = (),
) -> list[tuple[Path, Path]]:
    """Pair images with annotation files, in the natural order of names, and name those that lack the other.

    Args:
        images: Path without suffix -> image, from :func:`.images.find_images`.
        annotations: Folder of annotation files.
        annotation_names: As in :class:`Split`. Upper and lower case are the same in what is written out in them.
        nested: Whether annotation files in subfolders count, too.
        skip: Subfolders that do not count.
    """
    files = list(files_in(annotations, nested, skip))
    found: dict[str, Path] = {}
    for name in annotation_names:
        named = _find_named(files, annotations, name)
        found = {**{stem: named[stem] for stem in named.keys() & images.keys()}, **found}
    unused = {path for name in annotation_names for path in _find_named(files, annotations, name).values()}
    unused -= set(found.values())
    warn_of('images without annotation, left out', [images[stem].name for stem in images.keys() - found.keys()])
    warn_of('annotations without image, left out', [path.relative_to(annotations).as_posix() for path in unused])
    return [(images[stem], found[stem]) for stem in sorted(found, key=natural_key)]


def _find_named(files: Iterable[Path], folder: Path, name: str) -> dict[str, Path]:
    head, tail = (part.lower() for part in name.split('{stem}'))
    named = [path for path in files if path.name.lower().startswith(head) and path.name.lower().endswith(tail)]
    return {path.with_name(path.name[len(head):len(path.name) - len(tail)]).relative_to(folder).as_posix(): path
            for path in named if len(path.name) > len(head) + len(tail)}


def report_counts(name: str, summary: Summary, official_images: int, official_instances: int | None = None) -> None:
    """Log what a split holds, with a warning where it is not what was published."""
    _logger.info(f'{name}: {summary.images} images, {summary.instances} instances, {summary.ignored} of them ignored')
    if summary.images != official_images:
        _logger.warning(f'{name}: {summary.images} images, officially {official_images}')
    elif official_instances not in (None, summary.instances):
        _logger.warning(f'{name}: {summary.instances} instances, officially {official_instances}')
