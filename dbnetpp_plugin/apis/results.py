"""Detections as files: names that do not clash, JSON that is whole or not there."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .text_detector import Detection


def unique_stems(paths: Iterable[str | Path]) -> list[str]:
    """Name without suffix of each path, numbered where it came before.

    Names that differ only in case count as the same, as they do on some file systems.
    """
    stems: list[str] = []
    taken: set[str] = set()
    for path in paths:
        stem = candidate = Path(path).stem
        number = 2
        while candidate.casefold() in taken:
            candidate, number = f'{stem}_{number}', number + 1
        taken.add(candidate.casefold())
        stems.append(candidate)
    return stems


def to_record(detection: Detection) -> dict[str, Any]:
    """What JSON can hold of a detection: path, width, height, polygons as lists of [x, y], scores."""
    height, width = detection.size
    return {
        'path': detection.image,
        'width': width,
        'height': height,
        'polygons': [np.round(polygon.astype(np.float64), 2).tolist() for polygon in detection.polygons],
        'scores': np.round(detection.scores.astype(np.float64), 4).tolist(),
    }


def write_json(lists: dict[str, list[Any]], path: Path) -> None:
    """Write named lists as UTF-8 JSON, a line for each element; the file is whole or not there."""
    parts = (json.dumps(name) + ': [\n' + ',\n'.join(json.dumps(item, ensure_ascii=False) for item in items) + ']'
             for name, items in lists.items())
    # A file name that is not UTF-8 is held as surrogates, which JSON can only escape.
    _write(path, ('{' + ',\n'.join(parts) + '}\n').encode('utf-8', 'backslashreplace'))


def write_jpeg(image: NDArray[np.uint8], path: Path, quality: int = 90) -> None:
    """Write (H, W, 3), BGR, as a JPEG file; the file is whole or not there.

    Raises:
        ValueError: If the image is too large for the format.
    """
    try:
        done, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error:
        done = False
    if not done:
        raise ValueError(f'an image of {image.shape[1]}x{image.shape[0]} pixels cannot be written as JPEG to {path}')
    _write(path, data.tobytes())


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f'.{path.name}.{os.getpid()}.part')
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def keep_scores(detection: Detection, threshold: float) -> Detection:
    """The detection without the polygons whose score is below the threshold."""
    kept = np.flatnonzero(detection.scores >= threshold)
    return Detection([detection.polygons[i] for i in kept], detection.scores[kept], detection.image, detection.size)


def clashes(outputs: Sequence[Path], inputs: Iterable[str | Path]) -> list[Path]:
    """Outputs that are also inputs, and would overwrite them."""
    originals = {Path(path).resolve() for path in inputs}
    return [path for path in outputs if path.resolve() in originals]
