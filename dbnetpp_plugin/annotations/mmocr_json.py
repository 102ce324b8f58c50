"""MMOCR's annotation file for text detection: making its parts, writing, reading and checking it.

One JSON file holds one split::

    {"metainfo": {"dataset_type": "TextDetDataset", "task_name": "textdet", "category": [{"id": 0, "name": "text"}]},
     "data_list": [{"img_path": "textdet_imgs/train/img_1.jpg", "height": 720, "width": 1280,
                    "instances": [{"polygon": [x1, y1, x2, y2, ...], "bbox": [x1, y1, x2, y2], "bbox_label": 0,
                                   "ignore": false, "text": "Genaxis"}]}]}

``img_path`` is relative to the data root, coordinates are pixels of the image as it is stored, and a polygon goes
clockwise from the top left corner of the text. An instance with ``ignore`` is neither trained on nor counted.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dbnetpp_plugin.files import atomic_write

METAINFO = {
    'dataset_type': 'TextDetDataset',
    'task_name': 'textdet',
    'category': [{'id': 0, 'name': 'text'}],
}
FILE_KINDS: dict[str, type] = {'metainfo': dict, 'data_list': list}
ENTRY_KINDS: dict[str, type] = {'img_path': str, 'height': int, 'width': int, 'instances': list}
INSTANCE_KINDS: dict[str, type] = {'polygon': list, 'bbox': list, 'bbox_label': int, 'ignore': bool}
# Far beyond any image, and small enough that areas stay exact in double precision.
MAX_COORDINATE = 10 ** 7
KIND_NAMES = {dict: 'an object', list: 'a list', str: 'a string', int: 'a whole number', bool: 'true or false'}


class BadInstance(NamedTuple):
    """An instance whose outline cannot be used: where it is, and what is wrong with it."""

    entry: int
    image: str
    instance: int
    reason: str

    def __str__(self) -> str:
        return f'{self.image} instance {self.instance} ({self.reason})'


def make_instance(polygon: Sequence[float], *, ignore: bool = False, text: str = '') -> dict[str, Any]:
    """Make one instance.

    Args:
        polygon: x1, y1, x2, y2, ... in pixels.
        ignore: Whether the text is neither trained on nor counted.
        text: The transcription; empty where the data set has none.
    """
    points = [float(value) for value in polygon]
    xs, ys = points[::2] or [0.0], points[1::2] or [0.0]  # an outline without points is told of when it is checked
    bbox = [min(xs), min(ys), max(xs), max(ys)]
    return {'polygon': points, 'bbox': bbox, 'bbox_label': 0, 'ignore': bool(ignore), 'text': text}


def make_entry(img_path: str, width: int, height: int, instances: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the entry of one image; ``img_path`` is relative to the data root."""
    return {'img_path': img_path, 'height': height, 'width': width, 'instances': instances}


def write_annotations(file: str | Path, entries: Iterable[dict[str, Any]]) -> None:
    """Write an annotation file atomically, one entry per line, without holding the entries.

    Args:
        file: Its folder is made if it is missing.
        entries: From :func:`make_entry`, one per image. If they end in an error, an existing file stays as it was.
    """
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as temporary, temporary.open('w', encoding='utf-8') as opened:
        opened.write(f'{{"metainfo": {json.dumps(METAINFO)}, "data_list": [')
        for number, entry in enumerate(entries):
            opened.write(',\n' if number else '\n')
            opened.write(json.dumps(entry, ensure_ascii=False, allow_nan=False))
        opened.write('\n]}\n')


def read_annotations(file: str | Path) -> dict[str, Any]:
    """Read an annotation file; its content is not checked (see :func:`validate_annotations`).

    Args:
        file: A path, or an address that an mmengine file backend understands.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not JSON in UTF-8; the message says where reading stopped.
    """
    try:
        return json.loads(_text_of(str(file)))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise FileNotFoundError(
            f'there is no annotation file {file}: make it with `dbnetpp prepare`, '
            'or correct data_root and ann_file') from error
    except json.JSONDecodeError as error:
        raise ValueError(f'{file} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}') from error
    except UnicodeDecodeError as error:
        raise ValueError(f'{file} is not UTF-8 text: {error.reason} at byte {error.start}') from error


def _text_of(file: str) -> str:
    if '://' not in file:
        return Path(file).read_text(encoding='utf-8')
    from mmengine.fileio import get_text  # which imports torch: files on this machine need neither

    return get_text(file)


def validate_annotations(data: Any, file: str | Path) -> list[BadInstance]:
    """Check the structure of an annotation file and find the instances that cannot be used.

    Args:
        data: What :func:`read_annotations` gave; it is not changed.
        file: Where it came from, for the messages.

    Returns:
        The instances with an unusable outline: fewer than three points, an odd number of values, or a value that is
        not a finite number of pixels.

    Raises:
        ValueError: If a field is missing or of the wrong kind; the message names file, entry, image and field.
    """
    _check_fields(data, FILE_KINDS, f'{file}')
    bad: list[BadInstance] = []
    for number, entry in enumerate(data['data_list']):
        _check_fields(entry, ENTRY_KINDS, f'{file}: entry {number}')
        bad.extend(_bad_instances(entry, number, file))
    return bad


def _bad_instances(entry: dict[str, Any], number: int, file: str | Path) -> Iterator[BadInstance]:
    for index, instance in enumerate(entry['instances']):
        _check_fields(instance, INSTANCE_KINDS, f'{file}: entry {number} ({entry["img_path"]}), instance {index}')
        reason = _outline_fault(instance['polygon'], instance['bbox'])
        if reason:
            yield BadInstance(number, entry['img_path'], index, reason)


def _outline_fault(polygon: list[Any], bbox: list[Any]) -> str | None:
    for name, values in (('polygon', polygon), ('bbox', bbox)):
        for value in values:
            # Written so that NaN, which compares as false, and integers too large for a float count as bad.
            if type(value) not in (int, float) or not -MAX_COORDINATE < value < MAX_COORDINATE:
                return f'{name} holds {value!r:.40}, not a pixel coordinate'
    if len(polygon) % 2:
        return f'polygon has an odd number of values, {len(polygon)}'
    if len(polygon) < 6:
        return f'polygon has {len(polygon) // 2} points, fewer than 3'
    if len(bbox) != 4:
        return f'bbox has {len(bbox)} values, not 4'
    return None


def _check_fields(record: Any, kinds: dict[str, type], where: str) -> None:
    if not isinstance(record, dict):
        raise ValueError(f'{where}: expected an object, got {_kind(record)}')
    for field, kind in kinds.items():
        if field not in record:
            raise ValueError(f'{where}: field {field!r} is missing')
        if not _is_of_kind(record[field], kind):
            raise ValueError(f'{where}: field {field!r} should be {KIND_NAMES[kind]}, got {_kind(record[field])}')


def _is_of_kind(value: Any, kind: type) -> bool:
    # To Python a bool is an int, and other tools write a flag as 0 or 1.
    if kind is bool:
        return value in (True, False)
    return isinstance(value, kind) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    return 'null' if value is None else f'{type(value).__name__} {value!r:.40}'
