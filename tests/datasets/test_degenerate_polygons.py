"""Polygons without area, by the ten thousand: through augmentation, labels, loss, postprocessing and metrics.

No crash, no warning, and nothing that was passed in is changed. ``DBNETPP_TEST_POLYGONS=200000`` tries more of them.
"""

import copy
import os
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from degenerate_polygons import degenerate_polygons

from dbnetpp_plugin.datasets.transforms import DBTextAugment, GenerateDBTargets, PackDBInputs
from dbnetpp_plugin.datasets.transforms.words import look_through
from dbnetpp_plugin.evaluation.metrics import TextDetHmeanMetric
from dbnetpp_plugin.evaluation.protocols import PROTOCOLS
from dbnetpp_plugin.evaluation.text_image import TextImage
from dbnetpp_plugin.geometry.contours import text_regions
from dbnetpp_plugin.geometry.label_maps import label_maps
from dbnetpp_plugin.geometry.offset import grow, offset
from dbnetpp_plugin.geometry.polygons import area, perimeter, repair, short_side, simple_rings, strip_height
from dbnetpp_plugin.models.losses import DBNetPPLoss

COUNT = int(os.environ.get('DBNETPP_TEST_POLYGONS', 10_000))
EACH = 25  # polygons of an image
WIDTH, HEIGHT = 96, 64


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """Warnings are errors, and so is what NumPy would let pass."""
    with warnings.catch_warnings(), np.errstate(divide='raise', invalid='raise', over='raise'):
        warnings.simplefilter('error')
        yield


def images(seed: int, count: int = COUNT) -> list[list[np.ndarray]]:
    polygons = degenerate_polygons(seed, count, WIDTH, HEIGHT)
    return [polygons[start:start + EACH] for start in range(0, count, EACH)]


def sample(polygons: list[np.ndarray], picture: np.ndarray, rng: np.random.Generator) -> dict:
    return {
        'img_path': 'a.jpg', 'img': picture, 'img_shape': picture.shape[:2], 'ori_shape': picture.shape[:2],
        'gt_polygons': [polygon.ravel() for polygon in polygons], 'gt_ignored': rng.random(len(polygons)) < 0.2,
        'gt_bboxes_labels': np.zeros(len(polygons), np.int64), 'gt_texts': ['word'] * len(polygons),
    }


def test_from_augmentation_to_loss() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    augments = [DBTextAugment(size=(64, 64)), DBTextAugment(size=(64, 64), rotation=(0, 0), flip=0),
                DBTextAugment(size=(96, 64), rotation=(-90, 90), scale=(0.5, 3), keep_visible=0.0)]
    targets, pack, loss = GenerateDBTargets(min_size=1), PackDBInputs(), DBNetPPLoss()
    for number, polygons in enumerate(images(0)):
        np.random.seed(number)  # noqa: NPY002 - what transforms draw from
        results = sample(polygons, picture, rng)
        before = copy.deepcopy(results)
        augmented = augments[number % 3](results)
        for polygon, kept in zip(results['gt_polygons'], before['gt_polygons'], strict=True):
            np.testing.assert_array_equal(polygon, kept)
        np.testing.assert_array_equal(results['gt_ignored'], before['gt_ignored'])
        assert all(np.isfinite(polygon).all() for polygon in augmented['gt_polygons'])
        packed = pack(targets(augmented))
        if number % 4 == 0:
            height, width = augmented['img_shape']
            maps = [torch.zeros(1, height, width), torch.full((1, height, width), 0.5), torch.zeros(1, height, width)]
            losses = loss(tuple(maps), [packed['data_samples']])
            assert all(torch.isfinite(value) for value in losses.values())


def test_labels_of_the_polygons_as_they_are() -> None:
    for number, polygons in enumerate(images(1, COUNT // 2)):
        before = copy.deepcopy(polygons)
        maps = label_maps(polygons, np.zeros(EACH, bool), (HEIGHT, WIDTH), min_size=(0, 8)[number % 2],
                          valid_polygon=polygons[0])
        assert np.isfinite(maps.threshold_map).all()
        for polygon, kept in zip(polygons, before, strict=True):
            np.testing.assert_array_equal(polygon, kept)


def test_a_window_anywhere() -> None:
    rng = np.random.default_rng(2)
    for polygons in images(2):
        x0, x1 = np.sort(rng.choice([-0.5, 10, 47.5, 48, 95.5], 2, replace=False))
        y0, y1 = np.sort(rng.choice([-0.5, 10, 31.5, 32, 63.5], 2, replace=False))
        words = [polygon.astype(np.float64) for polygon in polygons]
        seen = look_through((x0, y0, x1, y1), words, [False] * EACH, 0.8)
        for polygon in seen.polygons:
            assert (polygon >= (x0 - 1e-5, y0 - 1e-5)).all()
            assert (polygon <= (x1 + 1e-5, y1 + 1e-5)).all()


def test_regions_of_maps_with_hairlines() -> None:
    rng = np.random.default_rng(3)
    for number in range(COUNT // 100):
        kept = np.clip(rng.normal(0.2, 0.2, (HEIGHT, WIDTH)), 0, 1).astype(np.float32)
        for _ in range(6):  # lines one pixel wide, single pixels, and blocks
            y, x, height, width = rng.integers(0, (HEIGHT, WIDTH, 4, 40))
            kept[y:y + max(1, height), x:x + max(1, width)] = rng.random()
        maps = kept.copy()
        for shape in ('quad', 'poly'):
            found = text_regions(maps, shape, min_text_width=(0, 5)[number % 2], min_text_score=0,
                                 unclip_ratio=(0, 1.5)[number // 2 % 2])
            assert all(len(polygon) >= 3 and np.isfinite(polygon).all() for polygon in found.polygons)
        np.testing.assert_array_equal(maps, kept)


@pytest.mark.parametrize('name', PROTOCOLS)
def test_protocols(name: str) -> None:
    rng = np.random.default_rng(6)
    for truths, found in zip(images(6, COUNT // 10), images(7, COUNT // 10), strict=True):
        texts = ['word'] * EACH if PROTOCOLS[name].with_text else None
        before = copy.deepcopy((truths, found))
        score = PROTOCOLS[name].score(
            TextImage('a', truths, rng.random(EACH) < 0.2, None, texts, None, (HEIGHT, WIDTH)),
            TextImage('a', [*found[:-5], *truths[:5]], np.zeros(EACH, bool), rng.random(EACH), texts, None, None))
        assert 0 <= score.tally.precision <= 1
        assert 0 <= score.tally.recall <= 1
        for polygon, kept in zip([*truths, *found], [*before[0], *before[1]], strict=True):
            np.testing.assert_array_equal(polygon, kept)


def test_measures_and_repair() -> None:
    for polygon in degenerate_polygons(8, COUNT // 5, WIDTH, HEIGHT):
        kept = polygon.copy()
        whole = repair(polygon)
        assert all(area(part) > 0 for part in whole)
        assert all(np.isfinite(measure(polygon)) for measure in (area, perimeter, short_side, strip_height))
        assert all(np.isfinite(ring).all() for part in whole for ring in offset(part, 1.5))
        assert np.isfinite(grow(polygon, 0.0)).all()
        assert all(np.isfinite(ring).all() for ring in simple_rings(polygon))
        np.testing.assert_array_equal(polygon, kept)


@pytest.mark.parametrize('rule', ['icdar2015', 'mmocr'])
def test_metrics_of_validation(rule: str) -> None:
    rng = np.random.default_rng(4)
    metric = TextDetHmeanMetric(rule=rule)
    batches = images(4, COUNT // 2)
    for truths, found in zip(batches, images(5, COUNT // 2), strict=True):
        found = [*found[:-5], *truths[:5]]  # some are found as they are
        before = copy.deepcopy((truths, found))
        metric.process(None, [{
            'img_path': 'a.jpg', 'ori_shape': (HEIGHT, WIDTH),
            'gt_instances': {'polygons': truths, 'ignored': rng.random(EACH) < 0.2},
            'pred_instances': {'polygons': found, 'scores': rng.random(EACH)},
        }])
        for polygon, kept in zip([*truths, *found], [*before[0], *before[1]], strict=True):
            np.testing.assert_array_equal(polygon, kept)
    metrics = metric.evaluate(len(batches))
    assert all(0 <= value <= 1 for value in metrics.values())
