"""Text of an image, out of what MMOCR's models return."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..text_image import TextImage


def check_threshold(name: str, value: float) -> float:
    """The threshold of a score or an overlap, which lies in [0, 1].

    Raises:
        ValueError: If it does not, as per cent do not.
    """
    if not 0 <= value <= 1:
        raise ValueError(f'{name} is a number from 0 to 1, got {value}')
    return value


def read_sample(sample: Mapping[str, Any], with_text: bool = False) -> tuple[TextImage, TextImage]:
    """Ground truth and predictions of a data sample.

    Args:
        sample: With ``gt_instances`` (``polygons``, ``ignored``) and ``pred_instances`` (``polygons``, ``scores``);
            ``img_path`` and ``ori_shape`` are used if they are there.
        with_text: Both need ``texts`` too.

    Raises:
        ValueError: If one of these is missing, or has another length than the polygons.
    """
    name = str(sample.get('img_path', 'an image'))
    size = tuple(sample['ori_shape'][:2]) if 'ori_shape' in sample else None
    truths = _fields(sample, 'gt_instances', name, ['ignored'], with_text)
    found = _fields(sample, 'pred_instances', name, ['scores'], with_text)
    polygons = found['polygons']
    return (TextImage(name, truths['polygons'], _array(truths['ignored']).astype(bool), None, truths.get('texts'), None,
                      size),
            TextImage(name, polygons, np.zeros(len(polygons), bool), _array(found['scores']), found.get('texts'), None,
                      size))


def _fields(sample: Mapping[str, Any], key: str, name: str, others: list[str], with_text: bool) -> dict[str, Any]:
    instances = sample.get(key) or {}
    others = [*others, 'texts'] if with_text else others
    fields: dict[str, Any] = {field: instances.get(field) for field in ('polygons', *others)}
    for field, values in fields.items():
        if values is None:
            raise ValueError(f'{name}: {key} has no {field}')
        if len(values) != len(fields['polygons']):
            raise ValueError(f'{name}: {key} has {len(fields["polygons"])} polygons, but {len(values)} {field}')
    return {**fields, 'polygons': [_points(polygon) for polygon in fields['polygons']]}


def _points(polygon: Any) -> NDArray:
    values = _array(polygon)
    # What is no list of points encloses nothing, and is reported as malformed.
    return values.reshape(-1, 2) if values.size % 2 == 0 else np.empty((0, 2))


def _array(values: Any) -> NDArray:
    return values.numpy(force=True) if isinstance(values, torch.Tensor) else np.asarray(values)
