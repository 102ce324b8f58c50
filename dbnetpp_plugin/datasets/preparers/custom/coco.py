"""COCO's format: one JSON file with ``images`` and ``annotations``.

All categories are text. Each polygon of ``segmentation`` is an instance; where there is none, or a mask, ``bbox`` is.
The transcription is ``text`` or ``utf8_string``, where there is one. An instance is ignored if that is ``###``, or by
``iscrowd`` or ``ignore``. Images without annotations have no text.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbnetpp_plugin.annotations.lines import finite, read_text
from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.wording import few

from ..writing import Instances, Sample, warn_of
from .parts import Options, get, is_ignored, known, locate, parse_json, place_of, rectangle, size_of, warn_of_unnamed


def read(images: Path, annotations: Path, options: Options) -> list[Sample]:
    """Read the annotation file.

    Args:
        images: Folder of images.
        annotations: The JSON file.
        options: What to leave out.

    Raises:
        ValueError: If it cannot be read, or no annotation belongs to an image; the message names the image or
            annotation.
    """
    if annotations.is_dir():
        raise ValueError(f'{annotations} is a folder: COCO annotations are one JSON file, name it')
    data = parse_json(read_text(annotations), str(annotations), dict)
    file = str(annotations)
    instances = _instances(get(data, 'annotations', list, file), file)
    records = _by_id(get(data, 'images', list, file), file)
    _check_ids(instances, records, file)
    samples, missing = [], []
    for key, record in records.items():
        name, found = record['file_name'], instances.get(key, [])
        if path := locate(images, name):
            size = size_of(record.get('width'), record.get('height'))
            samples.append(Sample(path, place_of(path, images), found, size))
        else:
            missing.append(f'{name} ({len(found)} texts)' if found else name)
    warn_of_unnamed(images, samples, annotations, options.skip)
    warn_of(f'images of {annotations} that are not in {images}, left out', missing)
    return samples


def _by_id(records: list[Any], file: str) -> dict[str, Any]:
    """Images by id."""
    found: dict[str, Any] = {}
    for number, record in enumerate(records):
        where = f'{file}, image {number}'
        get(record, 'file_name', str, where)
        key = _id(record, 'id', where)
        if key in found:
            raise ValueError(f'{where}: {found[key]["file_name"]} and {record["file_name"]} have the same id {key}')
        found[key] = record
    return found


def _check_ids(instances: Mapping[str, Instances], records: Mapping[str, Any], file: str) -> None:
    """Tell of annotations of images that there are not.

    Raises:
        ValueError: If no annotation is of an image in the file.
    """
    lost = [key for key in instances if key not in records]
    if lost and len(lost) == len(instances):
        raise ValueError(f'{file}: no annotation has the id of an image: image_id is {few(lost)}, '
                         f'id of images {few(records) or "nowhere"}')
    count = sum(len(instances[key]) for key in lost)
    warn_of(f'ids in the annotations of {file} that no image has, whose {count} texts are left out', lost)


def _instances(records: list[Any], file: str) -> dict[str, Instances]:
    """Instances by id of the image."""
    found: dict[str, Instances] = defaultdict(list)
    for number, record in enumerate(records):
        where = f'{file}, annotation {number}'
        image = _id(record, 'image_id', where)
        text = known(record.get('text')) or known(record.get('utf8_string'))
        ignore = is_ignored(text, record.get('iscrowd'), record.get('ignore'))
        found[image] += [
            make_instance(polygon, ignore=ignore, text=text) for polygon in _polygons(record, where)]
    return found


def _id(record: Any, field: str, where: str) -> str:
    """An id, which some tools write as a number in one place and as a text in the other."""
    value = get(record, field, (int, str, float), where)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _outline(polygon: Any) -> list[float]:
    values = finite(polygon)
    if not values or len(values) % 2:
        raise ValueError(f'it has {len(values)} values')
    return values


def _polygons(record: Any, where: str) -> list[list[float]]:
    segmentation = record.get('segmentation')
    try:
        if segmentation and isinstance(segmentation, list):
            return [_outline(polygon) for polygon in segmentation]
        left, top, width, height = finite(get(record, 'bbox', list, where))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'{where}: expected a segmentation [[x1, y1, x2, y2, ...], ...] or a bbox [x, y, w, h], '
            f'got {record!r:.120}') from error
    return [rectangle(left, top, left + width, top + height)]
