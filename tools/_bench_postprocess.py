"""Time from a probability map to text regions: MMOCR's DBPostprocessor and this project's, and whether they agree.

Both get the same synthetic pages, by turns, in one process on one thread, and what is measured is processor time.

    OMP_NUM_THREADS=1 python tools/_bench_postprocess.py [--repeats N] [--seed N]
"""

import dbnetpp_plugin  # makes the other packages importable

# isort: split

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import cv2
import mmocr
import numpy as np
import shapely
import torch
from mmengine.registry import init_default_scope
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray

PAGES = ((7, 704, 1056), (300, 1216, 1600))  # instances, height, width
TEXT_SHAPES = ('quad', 'poly')
EPSILON_RATIOS = (0.01, 0.002)  # MMOCR's default, and that of DBNet++
NAMES = {'mmocr': 'DBPostprocessor', 'dbnetpp': 'DBNetPPPostprocessor'}


def run(pages: Sequence[tuple[int, int, int]] = PAGES, repeats: int = 30, seed: int = 0) -> dict[str, Any]:
    """Time both postprocessors on each page, for quads and polygons, and for both kinds of simplification.

    Args:
        pages: Instances, height and width of each.
        repeats: How often each is timed, after one warm-up.
        seed: Of the pages.

    Returns:
        A list 'cases' of page, text_repr_type, epsilon_ratio; 'mmocr' and 'dbnetpp', each with the number of regions,
        and median, 10th and 90th percentile of processor milliseconds; 'speedup', the ratio of the medians; 'iou',
        median and least, of the regions matched. 'versions' is what it was measured with.
    """
    init_default_scope('mmocr')
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    cases = [{'page': {'instances': page[0], 'height': page[1], 'width': page[2]}, 'text_repr_type': text_shape,
              'epsilon_ratio': epsilon_ratio,
              **compare(make_page(*page, seed), text_shape, epsilon_ratio, repeats)}
             for page in pages for text_shape in TEXT_SHAPES for epsilon_ratio in EPSILON_RATIOS]
    modules = (dbnetpp_plugin, mmocr, torch, cv2, np)
    return {'cases': cases, 'repeats': repeats, 'versions': {m.__name__: m.__version__ for m in modules}}


def compare(page: NDArray[np.float32], text_shape: str, epsilon_ratio: float, repeats: int) -> dict[str, Any]:
    """Times and agreement of both on one page."""
    options = {'text_repr_type': text_shape, 'epsilon_ratio': epsilon_ratio}
    built = {name: MODELS.build({'type': kind, **options}) for name, kind in NAMES.items()}
    batch = torch.from_numpy(page)[None]
    sample = TextDetDataSample(metainfo={'img_shape': page.shape, 'scale_factor': (1.0, 1.0)})
    steps = {name: partial(process, module, batch, sample) for name, module in built.items()}
    found = {name: [np.reshape(p, (-1, 2)) for p in step().pred_instances.polygons] for name, step in steps.items()}
    times = time_by_turns(steps, repeats)
    return {**{name: {'regions': len(found[name]), 'ms': spread(times[name])} for name in NAMES},
            'speedup': float(np.median(times['mmocr']) / np.median(times['dbnetpp'])),
            'iou': agreement(found['mmocr'], found['dbnetpp'])}


def process(postprocessor: Any, batch: torch.Tensor, sample: TextDetDataSample) -> TextDetDataSample:
    """The sample of a batch of one, with predictions."""
    return postprocessor(batch, [sample.new()])[0]


def time_by_turns(steps: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, list[float]]:
    """Processor milliseconds of each step, taken by turns so that a busy moment meets all."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(repeats + 1):
        for name, step in steps.items():
            start = time.process_time()
            step()
            times[name].append((time.process_time() - start) * 1e3)
    return {name: taken[1:] for name, taken in times.items()}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 10th and 90th percentile."""
    low, median, high = np.percentile(values, [10, 50, 90]).tolist()
    return {'median': median, 'p10': low, 'p90': high}


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


def main() -> None:
    """Time both, and write what came out as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--repeats', type=int, default=30)
    parser.add_argument('--seed', type=int, default=0)
    json.dump(run(**vars(parser.parse_args())), sys.stdout, indent=2)


if __name__ == '__main__':
    main()
