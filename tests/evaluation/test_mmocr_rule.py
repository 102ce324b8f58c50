"""MMOCR's numbers, to the last bit, from its own metric."""

import logging

import numpy as np
import pytest
from mmengine.logging import MMLogger
from mmocr.evaluation.metrics import HmeanIOUMetric
from mmocr.utils import poly2shapely, poly_iou
from text_scenes import random_cells, random_quad, random_scene

from dbnetpp_plugin.evaluation import TextDetHmeanMetric, compare
from dbnetpp_plugin.evaluation.mmocr_rule import compare_as_mmocr

STRATEGIES = {'in_order': 'vanilla', 'most': 'max_matching'}


@pytest.fixture(autouse=True)
def _quiet():
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)


def as_sample(scene):
    truths, ignored, found, scores = scene
    return {'gt_instances': {'polygons': [polygon.reshape(-1) for polygon in truths], 'ignored': ignored},
            'pred_instances': {'polygons': [polygon.reshape(-1) for polygon in found], 'scores': scores}}


def both(samples, strategy):
    """Metrics of both on the same data set."""
    theirs, ours = HmeanIOUMetric(strategy=STRATEGIES[strategy]), TextDetHmeanMetric(rule='mmocr', strategy=strategy)
    for metric in (theirs, ours):
        metric.process(None, samples)
    expected, got = (metric.compute_metrics(metric.results) for metric in (theirs, ours))
    return expected, {name: got[f'sweep/{name}'] for name in expected}


@pytest.mark.parametrize('strategy', STRATEGIES)
@pytest.mark.parametrize('rotated', [True, False])
def test_thousands_of_scenes(strategy, rotated):
    rng = np.random.default_rng(7)
    hmeans = []
    for _ in range(300):
        expected, got = both([as_sample(random_scene(rng, most=4, rotated=rotated))], strategy)
        assert got == expected
        hmeans.append(got['hmean'])
    assert len(np.unique(hmeans)) >= 8


@pytest.mark.parametrize('strategy', STRATEGIES)
def test_data_sets_of_many_images(strategy):
    rng = np.random.default_rng(8)
    for _ in range(5):
        expected, got = both([as_sample(random_scene(rng)) for _ in range(40)], strategy)
        assert got == expected
        assert 0.2 < got['hmean'] < 0.9


def spoilt(rng, polygon):
    """The polygon, made invalid in one of several ways."""
    order = [0, 2, 1, 3, *range(4, len(polygon))]
    there_and_back = np.concatenate([polygon, polygon[:1], polygon + 50, polygon[:1] + 50])
    return [polygon[order], np.repeat(polygon[:1], 4, axis=0), polygon[[0, 1, 0, 1]], there_and_back,
            np.concatenate([polygon, polygon]), polygon - 10_000][rng.integers(6)]


@pytest.mark.parametrize('strategy', STRATEGIES)
def test_invalid_outlines(strategy):
    rng = np.random.default_rng(9)
    for number in range(150):
        truths, ignored, found, scores = random_scene(rng, most=4, rotated=number % 2 == 0)
        truths, found = ([spoilt(rng, p) if rng.random() < 0.4 else p for p in side] for side in (truths, found))
        expected, got = both([as_sample((truths, ignored, found, scores))], strategy)
        assert got == expected


def test_curved_outlines_with_many_points():
    rng = np.random.default_rng(10)
    angles = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    for _ in range(50):
        rings = [rng.uniform(20, 60, 2) + np.c_[np.cos(angles), np.sin(angles)] * rng.uniform(8, 20, (30, 1))
                 for _ in range(6)]
        scene = rings[:3], rng.random(3) < 0.3, rings[3:] + rings[:1], np.float32([0.4, 0.6, 0.8, 0.9])
        expected, got = both([as_sample(scene)], 'in_order')
        assert got == expected


def test_coordinates_of_double_precision_are_rounded_to_single():
    rng = np.random.default_rng(11)
    differ = 0
    for _ in range(300):
        # Cells of a tenth of a pixel: whether an IoU is just 0.5 or more depends on how these are rounded.
        truths, ignored, found, scores = random_scene(rng, rotated=False)
        truths, found = ([polygon * 0.1 for polygon in side] for side in (truths, found))
        expected, got = both([as_sample((truths, ignored, found, scores))], 'in_order')
        assert got == expected
        differ += len(compare(truths, ignored, found).pairs) != len(compare_as_mmocr(truths, ignored, found).pairs)
    assert differ > 0


def test_outline_that_falls_into_parts_becomes_its_hull():
    # Two squares, with a line there and back between them.
    outline = np.array([0, 0, 10, 0, 10, 10, 0, 10, 0, 0, 20, 0, 30, 0, 30, 10, 20, 10, 20, 0], float)
    hull = np.array([0, 0, 30, 0, 30, 10, 0, 10], float)
    assert poly_iou(poly2shapely(outline), poly2shapely(hull)) == 1
    assert compare_as_mmocr([outline], [False], [hull]).ious.tolist() == [1]
    assert compare([outline], [False], [hull]).ious.tolist() == pytest.approx([2 / 3])


def test_iou_of_exactly_one_half_is_no_match_in_either():
    truth, found = np.array([0, 0, 10, 0, 10, 10, 0, 10.0]), np.array([0, 0, 10, 0, 10, 20, 0, 20.0])
    assert len(compare_as_mmocr([truth], [False], [found]).pairs) == 0
    assert len(compare_as_mmocr([truth], [False], [found * 0.999]).pairs) == 1


def test_area_of_predictions_is_taken_a_little_larger_where_text_does_not_count():
    truth = np.array([0, 0, 1e-3, 0, 1e-3, 1e-3, 0, 1e-3])
    # Wholly inside, but 1e-6 / (1e-6 + 1e-5) is not more than a half.
    assert compare_as_mmocr([truth], [True], [truth]).counted.tolist() == [True]
    assert compare_as_mmocr([truth * 1000], [True], [truth * 1000]).counted.tolist() == [False]


def test_scenes_differ():
    rng = np.random.default_rng(0)
    assert not np.array_equal(random_quad(rng), random_quad(rng))
    assert not np.array_equal(random_cells(rng), random_cells(rng))
