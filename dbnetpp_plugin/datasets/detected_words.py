"""The outlines that a detector gives to annotated words, so that a recognizer is trained on what it will read."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.evaluation.iou import compare, match_in_order
from dbnetpp_plugin.evaluation.json_files import read_json
from dbnetpp_plugin.evaluation.pairing import pair_names
from dbnetpp_plugin.evaluation.text_image import TextImage


def detected_outlines(data_list: list[dict[str, Any]], results: Path) -> list[dict[int, list[float]]]:
    """Find what was detected of each annotated word.

    A word and a detection belong together if they match by the protocol of ICDAR 2015 (IoU > 0.5). The outline then
    begins at its point next to the one at which the annotated outline begins: detectors do not know where text starts.

    Args:
        data_list: Entries of an annotation file.
        results: What ``dbnetpp detect`` or ``dbnetpp read`` wrote for these images, or some of them.

    Returns:
        Of each entry, place of the word among the instances -> x1, y1, x2, y2, ... in pixels; only of words found.

    Raises:
        FileNotFoundError: If there are no such results.
        ValueError: If they are not results, or of an image that the annotations do not have.
    """
    if not results.is_file():
        raise FileNotFoundError(f'there are no results {results}')
    found = read_json(results)
    names = pair_names([entry['img_path'] for entry in data_list], found)
    return [_matched(entry['instances'], found[names[entry['img_path']]]) if entry['img_path'] in names else {}
            for entry in data_list]


def _matched(instances: list[dict[str, Any]], found: TextImage) -> dict[int, list[float]]:
    polygons, ignored = ([instance[key] for instance in instances] for key in ('polygon', 'ignore'))
    matches = match_in_order(compare(polygons, ignored, found.polygons).pairs).tolist()
    return {i: _begun_at(found.polygons[j], np.array(polygons[i][:2])).ravel().tolist() for i, j in matches}


def _begun_at(points: NDArray, start: NDArray) -> NDArray:
    """The same outline, from its point next to ``start`` on."""
    return np.roll(points, -int(np.hypot(*(points - start).T).argmin()), axis=0)
