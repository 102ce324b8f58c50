"""Time to evaluate an image: MMOCR's HmeanIOUMetric and this project's, and whether they agree.

Both get the same synthetic words, by turns, and what is timed is comparing the outlines, and the figures at seven score
thresholds.
"""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmocr.registry import METRICS

from .timing import spread, timed

HEIGHT, WIDTH = 720, 1280
FIGURES = ('precision', 'recall', 'hmean')


def run(sizes: Sequence[int], repeats: int, seed: int) -> dict[str, Any]:
    """Time both metrics on images of each size.

    Args:
        sizes: Ground truths and predictions in an image.
        repeats: How many images of each size are timed, after one as a warm-up; ten times as many up to size 20.
        seed: Of the images.

    Returns:
        A list 'cases' of instances and images; 'mmocr_ms', 'dbnetpp_ms' and 'dbnetpp_as_mmocr_ms' (with MMOCR's
        arithmetic), each median, 10th and 90th percentile of processor milliseconds per image; 'speedup', the ratio of
        the medians of the first two; 'same', whether the last gives exactly MMOCR's figures on all of these images, and
        'hmean', one of them.
    """
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        return {'cases': [time_size(size, repeats * (10 if size <= 20 else 1), seed) for size in sizes]}
    finally:
        logger.setLevel(level)


def time_size(size: int, images: int, seed: int) -> dict[str, Any]:
    """Times and agreement on images of one size."""
    rng = np.random.default_rng(seed)
    samples = [make_sample(rng, size) for _ in range(images + 1)]
    built = metrics()
    times = [[timed(evaluate, metric, [sample])[1] for metric in built.values()] for sample in samples][1:]
    spreads = {name: spread(taken) for name, taken in zip(built, zip(*times, strict=True), strict=True)}
    figures = {name: figures_of(evaluate(metric, samples)) for name, metric in built.items()}
    return {'instances': size, 'images': images, **{f'{name}_ms': taken for name, taken in spreads.items()},
            'speedup': spreads['mmocr']['median'] / spreads['dbnetpp']['median'],
            'same': figures['mmocr'] == figures['dbnetpp_as_mmocr'], 'hmean': figures['mmocr']['hmean']}


def metrics() -> dict[str, BaseMetric]:
    """New metrics."""
    configs = {'mmocr': {'type': 'HmeanIOUMetric'}, 'dbnetpp': {'type': 'TextDetHmeanMetric'},
               'dbnetpp_as_mmocr': {'type': 'TextDetHmeanMetric', 'rule': 'mmocr'}}
    return {name: METRICS.build(config) for name, config in configs.items()}


def evaluate(metric: BaseMetric, samples: list[dict]) -> dict[str, Any]:
    """What a metric says of some images, and of no others before."""
    metric.results.clear()
    metric.process(None, samples)
    return metric.compute_metrics(metric.results)


def figures_of(results: dict[str, Any]) -> dict[str, float]:
    """Figures at the best of the score thresholds, by the names that MMOCR gives them."""
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

