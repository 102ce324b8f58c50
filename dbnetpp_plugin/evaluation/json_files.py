"""Reading outlines from JSON: MMOCR's annotation file, and what ``dbnetpp detect`` and ``dbnetpp read`` write."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .text_image import TextImage, without_text

Record = Mapping[str, Any]


def read_json(file: Path) -> dict[str, TextImage]:
    """Read a file of annotations or detections.

    Args:
        file: ``{"data_list": [{"img_path": ..., "instances": [{"polygon": ...}, ...]}, ...]}``, or
            ``{"images": [{"path": ..., "polygons": [...], "scores": [...]}, ...], "failed": [...]}``, or, if its suffix
            is ``.jsonl``, one such image on each line, of which those that have an ``"error"`` failed.

    Returns:
        Path of the image as it is written there -> image. Nothing was found in an image that failed.

    Raises:
        ValueError: If it is neither of these; the message names file, image and field.
    """
    try:
        text = file.read_text(encoding='utf-8-sig')
        data = _by_outcome(text) if file.suffix.lower() == '.jsonl' else json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f'{file} is not JSON in UTF-8: {error}') from error
    key = next((key for key in READERS if isinstance(data, dict) and key in data), None)
    if key is None:
        raise ValueError(f'{file} has neither "data_list" (annotations) nor "images" (detections)')
    images = [_located(READERS[key], record, f'{file}, entry {index} of {key}') for index, record in
              enumerate(data[key])]
    images += [without_text(str(record['path'])) for record in data.get('failed', ())]
    named = {image.name: image for image in images}
    if len(named) != len(images):
        raise ValueError(f'{file} names {len(images) - len(named)} images twice')
    return named


def _by_outcome(lines: str) -> dict[str, list[Record]]:
    records = [json.loads(line) for line in lines.split('\n') if line]
    return {'images': [record for record in records if 'error' not in record],
            'failed': [record for record in records if 'error' in record]}


def _located(read: Callable[[Record], TextImage], record: Record, where: str) -> TextImage:
    try:
        return read(record)
    except (KeyError, TypeError, ValueError) as error:
        reason = f'{error} is missing' if isinstance(error, KeyError) else str(error)
        raise ValueError(f'{where}: {reason}') from error


def _annotation(record: Record) -> TextImage:
    instances = record['instances']
    polygons = [_outline(instance['polygon']) for instance in instances]
    scores = [instance.get('score') for instance in instances]
    return TextImage(
        str(record['img_path']), polygons, np.array([bool(instance.get('ignore')) for instance in instances], bool),
        None if None in scores else np.array(scores, np.float64),
        [str(instance.get('text', '')) for instance in instances],
        None, (int(record['height']), int(record['width'])))


def _detection(record: Record) -> TextImage:
    polygons = [_outline(polygon) for polygon in record['polygons']]
    scores, texts = record.get('scores'), record.get('texts')
    for field, values in (('scores', scores), ('texts', texts)):
        if values is not None and len(values) != len(polygons):
            raise ValueError(f'{len(polygons)} polygons need as many {field}, got {len(values)}')
    return TextImage(
        str(record['path']), polygons, np.zeros(len(polygons), bool),
        None if scores is None else np.array(scores, np.float64), texts, None,
        (int(record['height']), int(record['width'])) if 'height' in record else None)


def _outline(polygon: Any) -> np.ndarray:
    values = np.array(polygon, np.float64).reshape(-1)
    if values.size % 2:
        raise ValueError(f'a polygon has an odd number of values, {values.size}')
    return values.reshape(-1, 2)


READERS: dict[str, Callable[[Record], TextImage]] = {'data_list': _annotation, 'images': _detection}
