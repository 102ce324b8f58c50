"""Time from text polygons to label maps: MMOCR's DBModuleLoss.get_targets and this project's label maps.

Both get the same images, by turns (all images with one, then all with the other, several times), in one process on one
thread, and what is measured is processor time.

    OMP_NUM_THREADS=1 python tools/_bench_targets.py DATA [--images N]

DATA holds official ground truth: icdar2015/ch4_training_localization_transcription_gt/*.txt, totaltext/Polygon/*/*.mat
and ctw1500/test_gt/*.txt. What is missing is left out.
"""

import dbnetpp_plugin  # makes the other packages importable

# isort: split

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import mmocr
import numpy as np
import pyclipper
import shapely
import torch
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray

from dbnetpp_plugin.datasets.preparers import ctw1500, icdar2015, totaltext
from dbnetpp_plugin.geometry.label_maps import LabelMaps, label_maps

REPEATS = 3
CROP = 640
CROWD = 500
CASES = {
    'icdar2015 1280x720': (icdar2015, 'icdar2015/ch4_training_localization_transcription_gt/*.txt'),
    'totaltext': (totaltext, 'totaltext/Polygon/*/*.mat'),
    'ctw1500, 14 vertices': (ctw1500, 'ctw1500/test_gt/*.txt'),
}


class Page(NamedTuple):
    """Text of one image."""

    polygons: list[NDArray[np.float32]]  # flat
    ignored: NDArray[np.bool_]
    shape: tuple[int, int]


def run(images: int, data: Path) -> dict[str, Any]:
    """Time both on real polygons, in whole images and crops, and on a crowd of boxes.

    Args:
        images: How many images of each data set, at even distances.
        data: Folder of the official ground truth.

    Returns:
        For each case: number of images and of polygons an image; for 'mmocr' and 'dbnetpp' median, 10th and 90th
        percentile over the images of the processor milliseconds an image takes, itself the median of three; 'speedup',
        the ratio of the medians. And 'versions', what it was measured with.
    """
    init_default_scope('mmocr')
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    pages = {name: list(read_pages(data, *case, images)) for name, case in CASES.items()}
    pages[f'icdar2015 {CROP}x{CROP} crops'] = [crop(page) for page in pages['icdar2015 1280x720']]
    pages[f'{CROWD} boxes, {CROP}x{CROP}'] = [crowd(seed) for seed in range(5)]
    modules = (dbnetpp_plugin, mmocr, torch, cv2, np, shapely, pyclipper)
    versions = {module.__name__: getattr(module, '__version__', 'unknown') for module in modules}
    return {**{name: compare(case) for name, case in pages.items() if case}, 'versions': versions}


def read_pages(data: Path, preparer: Any, pattern: str, images: int) -> Iterator[Page]:
    """Text of some images of a data set; images of no known size end 20 pixels beyond their text."""
    files = sorted(data.glob(pattern))
    for file in files[:: max(1, len(files) // images)][:images]:
        texts = preparer.parse(file)
        polygons = [np.array(text['polygon'], np.float32) for text in texts]
        if polygons:
            far = np.concatenate(polygons).reshape(-1, 2).max(axis=0)
            shape = (720, 1280) if preparer is icdar2015 else (int(far[1]) + 20, int(far[0]) + 20)
            yield Page(polygons, np.array([text['ignore'] for text in texts]), shape)


def crop(page: Page) -> Page:
    """A square around the first text that is not ignored, with all text that reaches into it."""
    index = int(np.argmin(page.ignored))
    corner = np.clip(page.polygons[index].reshape(-1, 2).mean(axis=0) - CROP // 2, 0, np.array(page.shape[::-1]) - CROP)
    moved = [(polygon.reshape(-1, 2) - np.floor(corner)).astype(np.float32) for polygon in page.polygons]
    kept = [i for i, points in enumerate(moved) if (points.max(axis=0) > 0).all() and (points.min(axis=0) < CROP).all()]
    return Page([moved[i].ravel() for i in kept], page.ignored[kept], (CROP, CROP))


def crowd(seed: int) -> Page:
    """Boxes, a little rotated, on a grid that fills the page."""
    rng = np.random.default_rng(seed)
    columns = 20
    cell = np.array([CROP / columns, CROP / (CROWD / columns)])
    boxes: list[NDArray[np.float32]] = []
    for index in range(CROWD):
        center = (np.array([index % columns, index // columns]) + 0.5) * cell
        size = cell * rng.uniform([0.6, 0.4], [0.9, 0.7])
        boxes.append(cv2.boxPoints((center.tolist(), size.tolist(), rng.uniform(-15, 15))).astype(np.float32).ravel())
    return Page(boxes, np.zeros(CROWD, bool), (CROP, CROP))


def compare(pages: Sequence[Page]) -> dict[str, Any]:
    """Times of both on some pages."""
    loss = MODELS.build({'type': 'DBModuleLoss'})
    rounds = np.array([time_both(loss, pages) for _ in range(REPEATS + 1)])[1:]  # (repeats, 2, pages); one to warm up
    medians = np.median(rounds, axis=0)
    theirs, ours = (spread(times) for times in medians)
    return {
        'images': len(pages),
        'polygons': float(np.mean([len(page.polygons) for page in pages])),
        'mmocr': theirs,
        'dbnetpp': ours,
        'speedup': theirs['median'] / ours['median'],
    }


def time_both(loss: Any, pages: Sequence[Page]) -> tuple[list[float], list[float]]:
    """Processor milliseconds a page takes with MMOCR, then with this project."""
    samples = [sample_of(page) for page in pages]  # new ones each time: MMOCR's loss moves their polygons
    theirs = [milliseconds(partial(loss.get_targets, [sample])) for sample in samples]
    return theirs, [milliseconds(partial(maps_of, page)) for page in pages]


def milliseconds(step: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    step()
    return (time.process_time() - start) * 1e3


def sample_of(page: Page) -> TextDetDataSample:
    """The page as MMOCR's loss wants it."""
    sample = TextDetDataSample(metainfo={'img_shape': page.shape})
    polygons, ignored = [polygon.copy() for polygon in page.polygons], torch.from_numpy(page.ignored.copy())
    sample.gt_instances = InstanceData(polygons=polygons, ignored=ignored)
    return sample


def maps_of(page: Page) -> LabelMaps:
    """This project's label maps of the page."""
    return label_maps(page.polygons, page.ignored, page.shape)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 10th and 90th percentile."""
    low, median, high = np.percentile(values, [10, 50, 90]).tolist()
    return {'median': median, 'p10': low, 'p90': high}


def main() -> None:
    """Time both, and write what came out as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('data', type=Path)
    parser.add_argument('--images', type=int, default=100)
    arguments = parser.parse_args()
    json.dump(run(arguments.images, arguments.data), sys.stdout, indent=2)


if __name__ == '__main__':
    main()
