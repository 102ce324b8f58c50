"""Time of one training sample, from the file to the label maps: MMOCR's DBNet++ pipeline and this project's.

Both get the same images of one annotation file, by turns: all images with one, then all with the other, several times.
MMOCR makes its label maps in the loss, on the trainer's side; that is a step of its own here.
"""
# ruff: noqa: NPY002 - transforms draw from NumPy's global generator.

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import imgaug
import numpy as np
import torch
from mmengine.dataset import Compose
from mmocr.registry import MODELS, TRANSFORMS
from torch.utils.data import DataLoader, Dataset

from dbnetpp_plugin.config import load_config, own_config
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset

from .configs import mmocr_config
from .timing import by_turns, spread, timed

CONFIG = 'dbnetpp_r50_dcnv2_ic15'
MMOCR_CONFIG = 'dbnetpp/_base_dbnetpp_resnet50-dcnv2_fpnc.py'
DATA_ROOT = Path('data/icdar2015')
ANN_FILE = 'textdet_train.json'
BATCH_SIZE = 16
Step = Callable[[Any], Any]


class Pipeline(NamedTuple):
    """Steps by name: those of a data worker, and those left to the trainer."""

    worker: dict[str, Step]
    trainer: dict[str, Step]


class Samples(Dataset):
    """The data set that a worker draws from."""

    def __init__(self, steps: dict[str, Step], infos: Sequence[dict]) -> None:
        self._draw, self._infos = Compose(list(steps.values())), infos

    def __len__(self) -> int:
        """Number of images."""
        return len(self._infos)

    def __getitem__(self, index: int) -> Any:
        """What the steps make of an image."""
        return self._draw(dict(self._infos[index]))


class LoaderPass:
    """A data loader with one worker, which stays alive, so that its start counts in no pass but the first."""

    def __init__(self, pipeline: Pipeline, infos: Sequence[dict]) -> None:
        self._images, self._finish, self._worker = len(infos), Compose(list(pipeline.trainer.values())), 0.0
        self._loader = DataLoader(Samples(pipeline.worker, infos), batch_size=BATCH_SIZE, num_workers=1,
                                  persistent_workers=True, collate_fn=with_time)

    def __call__(self) -> dict[str, float]:
        """Draw each image once.

        Returns:
            Milliseconds per image: 'wall_ms', and 'processor_ms' of worker and trainer together.
        """
        wall, trainer, worker = time.perf_counter(), time.process_time(), self._worker
        for samples, taken in self._loader:
            self._worker = taken
            for sample in samples:
                if sample is not None:
                    self._finish(sample)
        processor = time.process_time() - trainer + self._worker - worker
        return {'wall_ms': (time.perf_counter() - wall) * 1e3 / self._images,
                'processor_ms': processor * 1e3 / self._images}


def with_time(samples: list) -> tuple[list, float]:
    """A batch, and the processor seconds that the worker has taken so far."""
    return samples, time.process_time()


def run(ann_file: Path | None, data_root: Path | None, number: int, repeats: int, seed: int,
        config: Path | None = None, loader: bool = False) -> dict[str, Any]:
    """Time both pipelines.

    Args:
        ann_file: MMOCR's annotation file for text detection; by default ``textdet_train.json`` in ``data_root``.
        data_root: What its image paths are relative to; by default its folder, or ``data/icdar2015`` without one.
        number: How many images of it, at most.
        repeats: How often each is drawn, after one time to warm up.
        seed: Of all random numbers.
        config: Whose train pipeline is compared with MMOCR's; by default that of :data:`CONFIG`.
        loader: Whether to time a data loader with one worker too.

    Returns:
        For 'mmocr' and 'dbnetpp': median, 10th and 90th percentile of the processor milliseconds per sample, median of
        each step, bytes per sample from a worker to the trainer, and with ``loader`` the spread over the repeats of
        what a :class:`LoaderPass` returns; 'speedup', the ratio of the medians of 'ms'.

    Raises:
        FileNotFoundError: If the annotation file or an image is missing.
        ValueError: If the annotation file is not what it should be.
    """
    root = data_root or (ann_file.parent if ann_file else DATA_ROOT)
    dataset = TextDetDataset(ann_file=str((ann_file or root / ANN_FILE).absolute()), data_root=str(root), pipeline=[])
    infos = [dataset.get_data_info(index) for index in range(min(number, len(dataset)))]
    pipelines = {'mmocr': mmocr_pipeline(), 'dbnetpp': config_pipeline(config or own_config(CONFIG))}
    seed_everything(seed)
    rounds = by_turns({name: partial(time_pass, pipeline, infos) for name, pipeline in pipelines.items()}, repeats)
    results: dict[str, Any] = {name: summarise(list(chain(*taken))) for name, taken in rounds.items()}
    if loader:
        loaded = by_turns({name: LoaderPass(pipeline, infos) for name, pipeline in pipelines.items()}, repeats)
        for name, passes in loaded.items():
            results[name]['loader'] = {key: spread([taken[key] for taken in passes]) for key in passes[0]}
    results['speedup'] = results['mmocr']['ms']['median'] / results['dbnetpp']['ms']['median']
    return {**results, 'images': len(infos), 'repeats': repeats}


def mmocr_pipeline() -> Pipeline:
    """MMOCR's train pipeline of DBNet++, and the making of label maps from what comes out of it."""
    loss = MODELS.build({'type': 'DBModuleLoss'})

    def label_maps(packed: dict[str, Any]) -> dict[str, Any]:
        loss.get_targets([packed['data_samples']])
        return packed

    steps = transforms(load_config(mmocr_config(MMOCR_CONFIG)).train_pipeline)
    return Pipeline(steps, {'DBModuleLoss.get_targets': label_maps})


def config_pipeline(config: Path) -> Pipeline:
    """Train pipeline of a config."""
    return Pipeline(transforms(load_config(config).train_dataloader.dataset.pipeline), {})


def transforms(pipeline: Sequence[dict]) -> dict[str, Step]:
    """Transforms by name."""
    return {transform['type']: TRANSFORMS.build(transform) for transform in pipeline}


def time_pass(pipeline: Pipeline, infos: Sequence[dict]) -> list[dict[str, float]]:
    """Draw each image once.

    Returns:
        One record per image: processor milliseconds by step, and bytes. There is none for an image that MMOCR's
        pipeline drops, because no word of it is left.
    """
    records = (time_sample({**pipeline.worker, **pipeline.trainer}, info) for info in infos)
    return [record for record in records if record is not None]


def time_sample(steps: dict[str, Step], info: dict) -> dict[str, float] | None:
    """Processor milliseconds of each step on one image, and bytes of the result."""
    sample: Any = dict(info)
    record = {}
    for name, step in steps.items():
        sample, record[name] = timed(step, sample)
        if sample is None:
            return None
    return {**record, 'bytes': bytes_of(sample)}


def bytes_of(packed: dict[str, Any]) -> int:
    """Bytes of tensors and polygons in a packed sample."""
    arrays = [packed['inputs']]
    for field in packed['data_samples'].all_values():
        for value in field.values() if hasattr(field, 'values') else ():
            arrays.extend(value if isinstance(value, list) else [value])
    return sum(array.nbytes for array in arrays if hasattr(array, 'nbytes'))


def summarise(records: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Median and spread of the time per sample, and medians of the steps and of the bytes."""
    if not records:
        raise ValueError('no image has kept any text through the pipeline: take more images with --number')
    steps = [name for name in records[0] if name != 'bytes']
    taken = spread([sum(record[step] for step in steps) for record in records])
    return {
        'ms': taken,
        'images_per_second': 1e3 / taken['median'],
        'steps_ms': {step: float(np.median([record[step] for record in records])) for step in steps},
        'bytes': float(np.median([record['bytes'] for record in records])),
    }


def seed_everything(seed: int) -> None:
    """Seed every generator that a transform draws from."""
    random.seed(seed)
    np.random.seed(seed)
    imgaug.seed(seed)
    torch.manual_seed(seed)
