"""What preparers share: finding a split, pairing images with annotation files, reporting, writing MMOCR's format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.logging import MMLogger

from ..annotation import make_entry, write_annotations
from .images import find_images, place_image, read_header

NAMED = 5
Instances = list[dict[str, Any]]


@dataclass(frozen=True)
class Split:
    """A split that has a folder of images and one annotation file an image.

    Attributes:
        name: ``train`` or ``test``; the annotation file is ``textdet_<name>.json``.
        images: Names the folder of images goes by, seen from the root.
        annotations: The same for the folder of annotation files.
        annotation_name: Name of the annotation file of an image, with ``{stem}`` for the image's name without suffix.
        official_images: How many images the split has where it is published.
        official_instances: How many instances; None where no count is published.
    """

    name: str
    images: tuple[str, ...]
    annotations: tuple[str, ...]
    annotation_name: str
    official_images: int
    official_instances: int | None = None


@dataclass(frozen=True)
class Summary:
    """What a prepared split holds."""

    images: int
    instances: int
    ignored: int


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
    for split in splits:
        images, annotations = find_folder(root, split.images), find_folder(root, split.annotations)
        if images and annotations:
            found[split.name] = _prepare_split(split, images, annotations, out, parse)
        else:
            wanted = split.annotations if images else split.images
            MMLogger.get_current_instance().warning(
                f'no {split.name} split: {root} has none of the folders {", ".join(wanted)}{_zip_hint(root, wanted)}')
    if not found:
        raise FileNotFoundError(f'{root} holds no split to prepare: see docs/datasets for the layout expected')
    return found


def _prepare_split(
    split: Split, images: Path, annotations: Path, out: Path, parse: Callable[[Path], Instances],
) -> Summary:
    pairs = pair_files(find_images(images), annotations, split.annotation_name)
    samples = ((image, parse(annotation)) for image, annotation in pairs)
    summary = write_split(out, split.name, samples)
    report_counts(split, summary, images)
    return summary


def find_folder(root: Path, names: Iterable[str]) -> Path | None:
    """Find the first folder of that name inside ``root``; the name ``.`` is ``root`` itself."""
    return next((root / name for name in names if (root / name).is_dir()), None)


def _zip_hint(root: Path, names: Iterable[str]) -> str:
    archive = next((root / f'{name}.zip' for name in names if (root / f'{name}.zip').is_file()), None)
    return f': unpack {archive} into a folder of its name' if archive else ''


def pair_files(images: dict[str, Path], annotations: Path, annotation_name: str) -> list[tuple[Path, Path]]:
    """Pair images with annotation files, in the natural order of names, and name those that lack the other.

    Args:
        images: Name without suffix -> image, from :func:`find_images`.
        annotations: Folder of annotation files.
        annotation_name: As in :class:`Split`.
    """
    head, tail = annotation_name.split('{stem}')
    paths = [path for path in sorted(annotations.iterdir()) if path.name.startswith(head) and path.name.endswith(tail)]
    by_stem = {path.name[len(head):len(path.name) - len(tail)]: path for path in paths}
    _warn_of('images without annotation, left out', [images[stem].name for stem in images.keys() - by_stem.keys()])
    _warn_of('annotations without image, left out', [by_stem[stem].name for stem in by_stem.keys() - images.keys()])
    shared = sorted(images.keys() & by_stem.keys(), key=lambda stem: (len(stem), stem))
    return [(images[stem], by_stem[stem]) for stem in shared]


def write_split(out: Path, name: str, samples: Iterable[tuple[Path, Instances]]) -> Summary:
    """Place the images of a split and write its annotation file. An image that cannot be read is left out and named.

    Args:
        out: The data root to make.
        name: ``train`` or ``test``.
        samples: Image and its instances.
    """
    folder = out / 'textdet_imgs' / name
    folder.mkdir(parents=True, exist_ok=True)
    entries, unreadable = [], []
    for image, instances in samples:
        try:
            width, height, orientation = read_header(image)
        except ValueError:
            unreadable.append(image.name)
            continue
        target = folder / image.name
        place_image(image, target, orientation)
        entries.append(make_entry(target.relative_to(out).as_posix(), width, height, instances))
    _warn_of('files that cannot be read as images, left out', unreadable)
    write_annotations(out / f'textdet_{name}.json', entries)
    flags = [instance['ignore'] for entry in entries for instance in entry['instances']]
    return Summary(len(entries), len(flags), sum(flags))


def report_counts(split: Split, summary: Summary, source: Path) -> None:
    """Log what a split holds, with a warning where it is not what was published."""
    logger = MMLogger.get_current_instance()
    logger.info(
        f'{split.name}: {summary.images} images, {summary.instances} instances, {summary.ignored} of them ignored')
    if summary.images != split.official_images:
        logger.warning(f'{split.name}: {summary.images} images from {source}, officially {split.official_images}')
    elif split.official_instances not in (None, summary.instances):
        logger.warning(
            f'{split.name}: {summary.instances} instances from {source}, officially {split.official_instances}')


def read_lines(file: Path) -> Iterator[tuple[str, str]]:
    """Read the lines of an annotation file that are not blank.

    Yields:
        Where the line is ('file, line number'), and the line.

    Raises:
        ValueError: If it is not UTF-8, with or without a byte order mark.
    """
    try:
        text = file.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(f'{file} is not UTF-8 text: {error.reason} at byte {error.start}') from error
    # Not splitlines(): a transcription may hold one of the rarer characters that it takes for a line's end.
    for number, line in enumerate(text.split('\n'), 1):
        if line.strip():
            yield f'{file}, line {number}', line


def _warn_of(what: str, names: Sequence[str]) -> None:
    if names:
        some = ', '.join(sorted(names, key=lambda name: (len(name), name))[:NAMED])
        MMLogger.get_current_instance().warning(f'{len(names)} {what}: {some}{", ..." if len(names) > NAMED else ""}')
