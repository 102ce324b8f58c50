"""COCO's format: one JSON file with ``images`` and ``annotations``.

All categories are text. Each polygon of ``segmentation`` is an instance; where there is none, or a mask, ``bbox`` is.
The transcription is ``text`` or ``utf8_string``, where there is one. An instance is ignored if that is ``###``, or by
``iscrowd`` or ``ignore``. Images without annotations have no text.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from dbnetpp_plugin.annotations.lines import finite, read_text
from dbnetpp_plugin.annotations.mmocr_json import make_instance

from ..writing import Instances, Sample, warn_of
from .parts import get, is_ignored, known, locate, parse_json, place_of, rectangle, size_of


def read(images: Path, annotations: Path) -> list[Sample]:
    """Read the annotation file.

    Args:
        images: Folder of images.
        annotations: The JSON file.

    Raises:
        ValueError: If it cannot be read; the message names the image or annotation.
    """
    if annotations.is_dir():
        raise ValueError(f'{annotations} is a folder: COCO annotations are one JSON file, name it')
    data = parse_json(read_text(annotations), str(annotations), dict)
    instances = _instances(get(data, 'annotations', list, str(annotations)), str(annotations))
    samples, missing = [], []
    for number, record in enumerate(get(data, 'images', list, str(annotations))):
        where = f'{annotations}, image {number}'
        name, key = get(record, 'file_name', str, where), get(record, 'id', (int, str), where)
        if path := locate(images, name):
            size = size_of(record.get('width'), record.get('height'))
            samples.append(Sample(path, place_of(path, images), instances[key], size))
        else:
            missing.append(name)
    warn_of(f'images of {annotations} that are not in {images}, left out', missing)
    return samples


def _instances(records: list[Any], file: str) -> dict[Any, Instances]:
    """Instances by id of the image."""
    found: dict[Any, Instances] = defaultdict(list)
    for number, record in enumerate(records):
        where = f'{file}, annotation {number}'
        image = get(record, 'image_id', (int, str), where)
        text = known(record.get('text')) or known(record.get('utf8_string'))
        ignore = is_ignored(text, record.get('iscrowd'), record.get('ignore'))
        found[image] += [
            make_instance(polygon, ignore=ignore, text=text) for polygon in _polygons(record, where)]
    return found


def _polygons(record: Any, where: str) -> list[list[float]]:
    segmentation = record.get('segmentation')
    try:
        if segmentation and isinstance(segmentation, list):
            return [finite(polygon) for polygon in segmentation]
        left, top, width, height = finite(get(record, 'bbox', list, where))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'{where}: expected a segmentation [[x1, y1, x2, y2, ...], ...] or a bbox [x, y, w, h], '
            f'got {record!r:.120}') from error
    return [rectangle(left, top, left + width, top + height)]
