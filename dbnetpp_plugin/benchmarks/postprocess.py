"""Time from a probability map to text regions: MMOCR's DBPostprocessor and this project's, and whether they agree.

Both get the same synthetic pages, by turns.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np
import shapely
import torch
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray

from .timing import times_by_turns

PAGES = ((7, 704, 1056), (300, 1216, 1600))  # instances, height, width
TEXT_SHAPES = ('quad', 'poly')
EPSILON_RATIOS = (0.01, 0.002)  # MMOCR's default, and that of DBNet++
NAMES = {'mmocr': 'DBPostprocessor', 'dbnetpp': 'DBNetPPPostprocessor'}


def run(repeats: int, seed: int, pages: Sequence[tuple[int, int, int]] = PAGES) -> dict[str, Any]:
    """Time both postprocessors on each page, for quads and polygons, and for both kinds of simplification.

    Args:
        repeats: How often each is timed, after one warm-up.
        seed: Of the pages.
        pages: Instances, height and width of each.

    Returns:
        A list 'cases' of page, text_repr_type, epsilon_ratio; 'mmocr' and 'dbnetpp', each with the number of regions,
        and median, 10th and 90th percentile of processor milliseconds; 'speedup', the ratio of the medians; 'iou',
        median and least, of the regions matched.
    """
    cases = [{'page': {'instances': page[0], 'height': page[1], 'width': page[2]}, 'text_repr_type': text_shape,
              'epsilon_ratio': epsilon_ratio,
              **compare(make_page(*page, seed), text_shape, epsilon_ratio, repeats)}
             for page in pages for text_shape in TEXT_SHAPES for epsilon_ratio in EPSILON_RATIOS]
    return {'cases': cases, 'repeats': repeats}


def compare(page: NDArray[np.float32], text_shape: str, epsilon_ratio: float, repeats: int) -> dict[str, Any]:
    """Times and agreement of both on one page."""
    options = {'text_repr_type': text_shape, 'epsilon_ratio': epsilon_ratio}
    built = {name: MODELS.build({'type': kind, **options}) for name, kind in NAMES.items()}
    batch = torch.from_numpy(page)[None]
    sample = TextDetDataSample(metainfo={'img_shape': page.shape, 'scale_factor': (1.0, 1.0)})
    steps = {name: partial(process, module, batch, sample) for name, module in built.items()}
    found = {name: [np.reshape(p, (-1, 2)) for p in step().pred_instances.polygons] for name, step in steps.items()}
    times = times_by_turns(steps, repeats)
    return {**{name: {'regions': len(found[name]), 'ms': times[name]} for name in NAMES},
            'speedup': times['mmocr']['median'] / times['dbnetpp']['median'],
            'iou': agreement(found['mmocr'], found['dbnetpp'])}


def process(postprocessor: Any, batch: torch.Tensor, sample: TextDetDataSample) -> TextDetDataSample:
    """The sample of a batch of one, with predictions."""
    return postprocessor(batch, [sample.new()])[0]


def agreement(theirs: Sequence[NDArray], ours: Sequence[NDArray]) -> dict[str, float]:
    """Median and least intersection over union of each of their regions with the nearest of ours."""
    shapes, tree = shapely.buffer([shapely.Polygon(p) for p in theirs], 0), [shapely.Polygon(p) for p in ours]
    nearest = np.asarray(tree)[shapely.STRtree(tree).nearest(shapely.centroid(shapes))]
    ious = shapely.area(shapely.intersection(shapes, nearest)) / shapely.area(shapely.union(shapes, nearest))
    return {'median': float(np.median(ious)), 'min': float(ious.min())}


def make_page(instances: int, height: int, width: int, seed: int) -> NDArray[np.float32]:
    """Probability map of a page: rotated boxes on a grid, with soft edges and a little noise."""
    rng = np.random.default_rng(seed)
    page = np.zeros((height, width), np.float32)
    columns = int(np.ceil(np.sqrt(instances * width / height / 2)))
    cell_width, cell_height = width / columns, height / np.ceil(instances / columns)
    for index in range(instances):
        center = ((index % columns + 0.5) * cell_width, (index // columns + 0.5) * cell_height)
        box_width = cell_width * rng.uniform(0.5, 0.75)
        box_height = min(cell_height * rng.uniform(0.15, 0.3), box_width * 0.6)
        corners = cv2.boxPoints((center, (box_width, box_height), rng.uniform(-15, 15)))
        cv2.fillPoly(page, [np.rint(corners).astype(np.int32)], rng.uniform(0.7, 0.95))
    noise = rng.normal(0, 0.01, page.shape).astype(np.float32)
    return np.clip(cv2.GaussianBlur(page, (5, 5), 0) + noise, 0, 1)
