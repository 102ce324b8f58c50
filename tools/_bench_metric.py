"""Time to evaluate an image: MMOCR's HmeanIOUMetric and this project's, and whether they agree.

Both get the same synthetic words, by turns, in one process on one thread, and what is measured is processor time, of
comparing the outlines and of the figures at seven score thresholds.

    OMP_NUM_THREADS=1 python tools/_bench_metric.py [--repeats N] [--seed N]
"""

import dbnetpp_plugin  # makes the other packages importable

# isort: split

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from typing import Any

import mmocr
import numpy as np
import shapely
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmocr.evaluation.metrics import HmeanIOUMetric

from dbnetpp_plugin.evaluation import TextDetHmeanMetric

SIZES = (5, 20, 200)  # ground truths, and as many predictions
HEIGHT, WIDTH = 720, 1280
FIGURES = ('precision', 'recall', 'hmean')


def run(sizes: Sequence[int] = SIZES, repeats: int = 5, seed: int = 0) -> dict[str, Any]:
    """Time both metrics on images of each size.

    Args:
        sizes: Ground truths and predictions in an image.
        repeats: How many images of each size are timed, after one as a warm-up; ten times as many up to size 20.
        seed: Of the images.

    Returns:
        A list 'cases' of instances and images; 'mmocr_ms', 'dbnetpp_ms' and 'dbnetpp_as_mmocr_ms' (with MMOCR's
        arithmetic), each median, 10th and 90th percentile of processor milliseconds an image; 'speedup', the ratio of
        the medians of the first two; 'same', whether the last gives exactly MMOCR's figures on all of these images, and
        'hmean', one of them. 'versions' is what it was measured with.
    """
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        cases = [time_size(size, repeats * (10 if size <= 20 else 1), seed) for size in sizes]
    finally:
        logger.setLevel(level)
    modules = (dbnetpp_plugin, mmocr, shapely, np)
    return {'cases': cases, 'versions': {module.__name__: module.__version__ for module in modules}}


def time_size(size: int, images: int, seed: int) -> dict[str, Any]:
    """Times and agreement on images of one size."""
    rng = np.random.default_rng(seed)
    samples = [make_sample(rng, size) for _ in range(images + 1)]
    times: dict[str, list[float]] = {}
    for sample in samples:
        for name, metric in metrics().items():
            times.setdefault(name, []).append(timed(metric, [sample]))
    built = metrics()
    figures = {name: figures_of(metric, samples) for name, metric in built.items()}
    spreads = {name: spread(taken[1:]) for name, taken in times.items()}
    return {'instances': size, 'images': images, **{f'{name}_ms': taken for name, taken in spreads.items()},
            'speedup': spreads['mmocr']['median'] / spreads['dbnetpp']['median'],
            'same': figures['mmocr'] == figures['dbnetpp_as_mmocr'], 'hmean': figures['mmocr']['hmean']}


def metrics() -> dict[str, BaseMetric]:
    """New metrics."""
    return {'mmocr': HmeanIOUMetric(), 'dbnetpp': TextDetHmeanMetric(),
            'dbnetpp_as_mmocr': TextDetHmeanMetric(rule='mmocr')}


def timed(metric: BaseMetric, samples: list[dict]) -> float:
    """Processor milliseconds of evaluating some images."""
    start = time.process_time()
    metric.process(None, samples)
    metric.compute_metrics(metric.results)
    return (time.process_time() - start) * 1e3


def figures_of(metric: BaseMetric, samples: list[dict]) -> dict[str, float]:
    """Figures at the best of the score thresholds, by the names that MMOCR gives them."""
    metric.process(None, samples)
    results = metric.compute_metrics(metric.results)
    return {name: results.get(f'sweep/{name}', results[name]) for name in FIGURES}


def make_sample(rng: np.random.Generator, size: int) -> dict[str, Any]:
    """Turned words all over an image, a fifth of them do-not-care, and predictions a few pixels beside them."""
    center = rng.uniform((0, 0), (WIDTH, HEIGHT), (size, 2))
    angle, half_width, half_height = rng.uniform(-0.4, 0.4, size), rng.uniform(15, 60, size), rng.uniform(5, 20, size)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * half_width[:, None]
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * half_height[:, None]
    words = np.stack([center - along - across, center + along - across, center + along + across,
                      center - along + across], axis=1).astype(np.float32).reshape(size, 8)
    found = (words + rng.normal(0, 3, words.shape)).astype(np.float32)
    return {'gt_instances': {'polygons': list(words), 'ignored': rng.random(size) < 0.2},
            'pred_instances': {'polygons': list(found), 'scores': rng.uniform(0.2, 1, size).astype(np.float32)}}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 10th and 90th percentile."""
    low, median, high = np.percentile(values, [10, 50, 90]).tolist()
    return {'median': median, 'p10': low, 'p90': high}


def main() -> None:
    """Time both, and write what came out as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--seed', type=int, default=0)
    json.dump(run(**vars(parser.parse_args())), sys.stdout, indent=2)


if __name__ == '__main__':
    main()
