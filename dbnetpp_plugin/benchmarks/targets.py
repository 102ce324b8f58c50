"""Time from text polygons to label maps: MMOCR's DBModuleLoss.get_targets and this project's label maps.

Both get the same images, by turns: all images with one, then all with the other, several times.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmengine.structures import InstanceData
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray

from dbnetpp_plugin.datasets.preparers import ctw1500, icdar2015, totaltext
from dbnetpp_plugin.geometry.label_maps import label_maps

from .timing import by_turns, spread, timed

CROP = 640
CROWD = 500
CASES = {
    'icdar2015 1280x720': (icdar2015, 'icdar2015/ch4_training_localization_transcription_gt/*.txt'),
    'totaltext': (totaltext, 'totaltext/**/Polygon/*/*.mat'),
    'ctw1500, 14 vertices': (ctw1500, 'ctw1500/*/*.txt'),
}


class Page(NamedTuple):
    """Text of one image."""

    polygons: list[NDArray[np.float32]]  # flat
    ignored: NDArray[np.bool_]
    shape: tuple[int, int]


def run(data: Path, number: int, repeats: int) -> dict[str, Any]:
    """Time both on real polygons, in whole images and crops, and on a crowd of boxes.

    Args:
        data: Folder of the official ground truth; a data set that is missing is left out.
        number: How many images of each data set, at most, at even distances.
        repeats: How often each image is timed, after one time to warm up.

    Returns:
        A list 'cases' of name, number of images and of polygons per image; for 'mmocr' and 'dbnetpp' median, 10th and
        90th percentile over the images of the processor milliseconds per image, itself the median of the repeats;
        'speedup', the ratio of the medians.

    Raises:
        FileNotFoundError: If there is no ground truth of any data set.
    """
    pages = {name: list(read_pages(data, *case, number)) for name, case in CASES.items()}
    if not any(pages.values()):
        patterns = ', '.join(pattern for _, pattern in CASES.values())
        raise FileNotFoundError(f'{data} holds no official ground truth: expected any of {patterns}')
    pages[f'icdar2015 {CROP}x{CROP} crops'] = [crop(page) for page in pages['icdar2015 1280x720']]
    pages[f'{CROWD} boxes, {CROP}x{CROP}'] = [crowd(seed) for seed in range(min(number, 5))]
    return {'cases': [{'name': name, **compare(case, repeats)} for name, case in pages.items() if case],
            'repeats': repeats}


def read_pages(data: Path, preparer: Any, pattern: str, number: int) -> Iterator[Page]:
    """Text of some images of a data set; where the size of an image is unknown, it ends 20 pixels beyond its text."""
    files = sorted(data.glob(pattern))
    for file in files[:: max(1, len(files) // number)][:number]:
        # Total-Text has outlines of two points, which no training sees; MMOCR's code fails on them.
        texts = [text for text in preparer.parse(file) if len(text['polygon']) >= 6]
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


def compare(pages: Sequence[Page], repeats: int) -> dict[str, Any]:
    """Times of both on some pages."""
    loss = MODELS.build({'type': 'DBModuleLoss'})
    rounds = by_turns({'mmocr': partial(time_mmocr, loss, pages), 'dbnetpp': partial(time_dbnetpp, pages)}, repeats)
    times = {name: spread(np.median(taken, axis=0)) for name, taken in rounds.items()}
    return {
        'images': len(pages),
        'polygons': float(np.mean([len(page.polygons) for page in pages])),
        **times,
        'speedup': times['mmocr']['median'] / times['dbnetpp']['median'],
    }


def time_mmocr(loss: Any, pages: Sequence[Page]) -> list[float]:
    """Processor milliseconds that MMOCR's label maps of each page take."""
    samples = [sample_of(page) for page in pages]  # new ones each time: MMOCR's loss moves their polygons
    return [timed(loss.get_targets, [sample])[1] for sample in samples]


def time_dbnetpp(pages: Sequence[Page]) -> list[float]:
    """Processor milliseconds that this project's label maps of each page take."""
    return [timed(label_maps, page.polygons, page.ignored, page.shape)[1] for page in pages]


def sample_of(page: Page) -> TextDetDataSample:
    """The page as MMOCR's loss wants it."""
    sample = TextDetDataSample(metainfo={'img_shape': page.shape})
    polygons, ignored = [polygon.copy() for polygon in page.polygons], torch.from_numpy(page.ignored.copy())
    sample.gt_instances = InstanceData(polygons=polygons, ignored=ignored)
    return sample
