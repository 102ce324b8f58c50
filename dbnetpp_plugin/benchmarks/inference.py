"""Images per second from files to text outlines: MMOCR's inferencers and TextDetector, with the same weights.

All get the same images, at the same size, by turns, each in a process of its own. How far their outlines differ is part
of the figures.
"""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
import shapely
import torch
from mmengine import Config
from mmengine.registry import init_default_scope
from mmocr.apis import MMOCRInferencer, TextDetInferencer
from mmocr.registry import MODELS
from numpy.typing import NDArray
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from dbnetpp_plugin.apis import TextDetector
from dbnetpp_plugin.config import load_config, own_config
from dbnetpp_plugin.conversion import MMOCR, convert_state_dict
from dbnetpp_plugin.images.listing import list_images
from dbnetpp_plugin.images.loading import read_image
from dbnetpp_plugin.inference.model_building import load_weights
from dbnetpp_plugin.memory import keep_freed_memory

from .configs import mmocr_config
from .timing import by_turns, spread
from .train import quiet

OURS, THEIRS = 'dbnetpp_r50_ic15', 'dbnetpp/dbnetpp_resnet50_fpnc_1200e_icdar2015.py'
TEXT_SHARE = 0.005  # of the pixels that random weights take for text
COARSEST = 64  # channels of the pyramid's last level, among those that the head sees

SIDES = ('mmocr_textdet', 'mmocr', 'dbnetpp', 'dbnetpp_bfloat16')

Answer = TypeVar('Answer')
Finder = Callable[[], list[list[NDArray]]]


class Side(NamedTuple):
    """What a process needs to know to find text as one side does."""

    name: str  # of SIDES
    paths: tuple[str, ...]
    device: str
    threads: int
    folder: Path  # where write_models wrote


def run(images: Sequence[str], weights: Path | None, scale: Sequence[int], device: str, threads: int,
        repeats: int) -> dict[str, Any]:
    """Find text in all images, one at a time, in rounds of each inferencer after the other.

    Args:
        images: Files, folders or patterns.
        weights: Checkpoint of MMOCR's DBNet++ with ResNet-50 and without DCN; without, see :func:`fitted_weights`.
        scale: Most pixels of the longer and the shorter side, multiples of 32.
        device: ``'cpu'`` or ``'cuda'``.
        threads: Of PyTorch.
        repeats: How many rounds are timed, after one to warm up.

    Returns:
        For each inferencer 'images_per_second', its spread over the rounds; 'speedup' of TextDetector over each of
        MMOCR's; 'agreement' of its outlines with those of MMOCR's TextDetInferencer, see :func:`agreement`.
    """
    paths = [str(path) for path in list_images(images)]
    with quiet(), TemporaryDirectory() as folder, ExitStack() as stack:
        write_models(paths, weights, tuple(scale), Path(folder))
        spawning = multiprocessing.get_context('spawn')
        sides = {name: (stack.enter_context(ProcessPoolExecutor(1, spawning)),
                        Side(name, tuple(paths), device, threads, Path(folder))) for name in SIDES}
        found = {name: ask(outlines, *side) for name, side in sides.items()}
        rounds = by_turns({name: partial(ask, speed, *side) for name, side in sides.items()}, repeats)
    speeds = {name: spread(taken) for name, taken in rounds.items()}
    ours = speeds['dbnetpp']['median']
    return {'images_per_second': speeds,
            'speedup': {name: ours / speeds[name]['median'] for name in ('mmocr_textdet', 'mmocr')},
            'agreement': {name: agreement(found['mmocr_textdet'], found[name])
                          for name in ('dbnetpp', 'dbnetpp_bfloat16')},
            'settings': {'images': len(paths), 'scale': list(scale), 'device': device, 'threads': threads,
                         'weights': str(weights) if weights else 'random'}}


def write_models(paths: Sequence[str], weights: Path | None, scale: tuple[int, ...], folder: Path) -> None:
    """Config and weights of both sides, as files that :func:`make_finder` reads.

    Args:
        paths: Of the images.
        weights: As for :func:`run`.
        scale: As for :func:`run`.
        folder: For the files.
    """
    theirs, ours = (at_scale(load_config(path), scale) for path in (mmocr_config(THEIRS), own_config(OURS)))
    model = MODELS.build(theirs.model)
    state = fitted_weights(model, paths, scale) if weights is None else loaded_weights(model, weights)
    ours.merge_from_dict(MMOCR.settings(state))
    files = {'mmocr': (theirs, state), 'dbnetpp': (ours, convert_state_dict(state, MMOCR).state_dict)}
    for name, (config, content) in files.items():
        config.dump(folder / f'{name}.py')
        torch.save({'state_dict': content, 'meta': {}}, folder / f'{name}.pth')


def ask(question: Callable[[Side], Answer], process: ProcessPoolExecutor, side: Side) -> Answer:
    """What a function of a side gives in its process."""
    return process.submit(question, side).result()


@cache
def make_finder(side: Side) -> Finder:
    """An inferencer, as a function without arguments that gives the outlines of each image; made once per process.

    Ours keeps freed memory, as `dbnetpp detect` does.
    """
    torch.set_num_threads(side.threads)
    init_default_scope('mmocr')
    kind = 'mmocr' if side.name.startswith('mmocr') else 'dbnetpp'
    config, weights = (str(side.folder / f'{kind}.{suffix}') for suffix in ('py', 'pth'))
    match side.name:
        case 'mmocr_textdet':
            textdet = TextDetInferencer(config, weights, device=side.device)
            return partial(infer, textdet, side.paths, 'polygons', progress_bar=False)
        case 'mmocr':
            return partial(infer, MMOCRInferencer(config, weights, device=side.device), side.paths, 'det_polygons')
        case _:
            keep_freed_memory()
            precision = side.name.partition('_')[2] or 'float32'
            return partial(detect, TextDetector(config, weights, side.device, precision=precision), side.paths)


def outlines(side: Side) -> list[list[NDArray]]:
    """What one side finds in each image."""
    with quiet():
        return make_finder(side)()


def speed(side: Side) -> float:
    """Images per second of wall-clock time."""
    with quiet():
        finder = make_finder(side)
        start = time.perf_counter()
        finder()
        return len(side.paths) / (time.perf_counter() - start)


def at_scale(config: Config, scale: tuple[int, ...]) -> Config:
    """The config, with another size of its test images, and without a download."""
    pipeline = [{**step, 'scale': scale} if step['type'] == 'Resize' else step
                for step in config.test_dataloader.dataset.pipeline]
    config.test_dataloader.dataset.pipeline = config.test_pipeline = pipeline
    config.model.backbone.init_cfg = None
    return config


def loaded_weights(model: nn.Module, weights: Path) -> dict[str, torch.Tensor]:
    """Weights of a file, in the model's own order."""
    load_weights(model, weights)
    return model.state_dict()


def fitted_weights(model: Any, paths: Sequence[str], scale: Sequence[int]) -> dict[str, torch.Tensor]:
    """Random weights with which a model of MMOCR finds something in these images, as trained ones do.

    Batch normalisation gets the statistics of the first image. The head looks at the coarsest level alone, gives whole
    blocks of pixels one probability, and takes a certain share of them for text.
    """
    torch.manual_seed(0)
    model.init_weights()
    model.eval()
    for norm in (module for module in model.modules() if isinstance(module, _BatchNorm)):
        norm.train()
        norm.momentum = 1.0
    image = torch.from_numpy(cv2.resize(read_image(paths[0]), tuple(scale))).permute(2, 0, 1)
    first, _, _, upper, *_, last = model.det_head.binarize
    with torch.no_grad():
        first.weight[:, :-COARSEST] = 0
        for layer in (upper, last):
            layer.weight[:] = layer.weight[..., :1, :1]
        data = model.data_preprocessor({'inputs': [image]}, False)
        probability = model.det_head(model.extract_feat(data['inputs']), None, mode='predict')
        last.bias -= torch.quantile(probability.logit().flatten()[::16], 1 - TEXT_SHARE)
    return model.state_dict()


def infer(inferencer: Any, paths: Sequence[str], key: str, **options: Any) -> list[list[NDArray]]:
    """Outlines (K, 2) of each image, as one of MMOCR's inferencers gives them."""
    predictions = inferencer(list(paths), batch_size=1, **options)['predictions']
    return [[np.reshape(polygon, (-1, 2)) for polygon in prediction[key]] for prediction in predictions]


def detect(detector: TextDetector, paths: Sequence[str]) -> list[list[NDArray]]:
    """Outlines (K, 2) of each image."""
    return [list(detection.polygons) for detection in detector.stream(paths)]


def agreement(theirs: Sequence[Sequence[NDArray]], ours: Sequence[Sequence[NDArray]]) -> dict[str, Any]:
    """How far the outlines of all images are from the nearest of the other side, in pixels of the images.

    Returns:
        'theirs' and 'ours', how many there are, and of the Hausdorff distances 'within_1px', the share of ours that
        has one of theirs so close, 'theirs_within_1px' the other way round, and 'max_px', the largest of those.
    """
    pairs = [(distances(one, other), distances(other, one)) for one, other in zip(ours, theirs, strict=True)]
    mine, other = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return {'theirs': len(other), 'ours': len(mine), 'within_1px': share_within(mine),
            'theirs_within_1px': share_within(other), 'max_px': float(mine[mine <= 1].max(initial=0))}


def share_within(values: NDArray, limit: float = 1.0) -> float:
    """Share of the values that are at most that large; 1 if there are none."""
    return float((values <= limit).mean()) if len(values) else 1.0


def distances(outlines: Sequence[NDArray], others: Sequence[NDArray]) -> NDArray:
    """Hausdorff distance of each outline to the nearest of the others; infinite if there are none."""
    if not outlines or not others:
        return np.full(len(outlines), np.inf)
    mine, theirs = ([shapely.Polygon(outline) for outline in group] for group in (outlines, others))
    return shapely.hausdorff_distance(np.array(mine)[:, None], np.array(theirs)[None]).min(axis=1)
