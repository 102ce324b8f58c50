"""Time of one training sample, from the file to the label maps: MMOCR's DBNet++ pipeline and this project's.

Both get the same images of one MMOCR annotation file, by turns, in one process on one thread, and what is measured is
processor time: it is what a core can deliver, whatever else the machine is doing. MMOCR makes its label maps in the
loss, on the trainer's side; that is a step of its own here.

    OMP_NUM_THREADS=1 python tools/_bench_data.py ANN_FILE [--data-root DIR] [--number N] [--config CONFIG]
"""
# ruff: noqa: NPY002 - transforms draw from NumPy's global generator.

import dbnetpp_plugin  # makes the other packages importable

# isort: split

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import imgaug
import mmocr
import numpy as np
import torch
from mmengine import Config
from mmengine.registry import init_default_scope
from mmocr.datasets import OCRDataset
from mmocr.registry import MODELS, TRANSFORMS

CONFIG = Path(__file__).parent.parent / 'configs/dbnetpp_r50_dcnv2_ic15.py'
MMOCR_CONFIG = Path(mmocr.__file__).parent / '.mim/configs/textdet/dbnetpp/_base_dbnetpp_resnet50-dcnv2_fpnc.py'
Step = Callable[[Any], Any]


def run(ann_file: str | Path, data_root: str | Path = '', number: int = 100, repeats: int = 3, seed: int = 0,
        config: str | Path = CONFIG) -> dict[str, Any]:
    """Time both pipelines.

    Args:
        ann_file: MMOCR's annotation file for text detection.
        data_root: What its image paths are relative to.
        number: How many images of it.
        repeats: How often each is drawn, after one warm-up round.
        seed: Of all random numbers.
        config: Whose train pipeline is compared with MMOCR's.

    Returns:
        For 'mmocr' and 'dbnetpp': median, 10th and 90th percentile of the processor milliseconds a sample takes, median
        of each step, and bytes a sample takes from a worker to the trainer; 'speedup', the ratio of the medians; and
        what it was measured with.
    """
    init_default_scope('mmocr')
    use_one_thread()
    data_list = OCRDataset(ann_file=str(ann_file), data_root=str(data_root) or None, pipeline=[])
    infos = [data_list.get_data_info(index) for index in range(min(number, len(data_list)))]
    pipelines = {'mmocr': mmocr_steps(), 'dbnetpp': config_steps(config)}
    seed_everything(seed)
    rounds = [time_pipelines(pipelines, infos) for _ in range(repeats + 1)][1:]
    results: dict[str, Any] = {
        name: summarise([sample for measured in rounds for sample in measured[name]]) for name in pipelines}
    results['speedup'] = results['mmocr']['ms']['median'] / results['dbnetpp']['ms']['median']
    return {**results, 'images': len(infos), 'repeats': repeats, 'versions': versions()}


def mmocr_steps() -> dict[str, Step]:
    """MMOCR's train pipeline of DBNet++, and the making of label maps from what comes out of it."""
    steps = pipeline_steps(Config.fromfile(MMOCR_CONFIG).train_pipeline)
    loss = MODELS.build({'type': 'DBModuleLoss'})

    def label_maps(packed: dict[str, Any]) -> dict[str, Any]:
        loss.get_targets([packed['data_samples']])
        return packed

    return {**steps, 'DBModuleLoss.get_targets': label_maps}


def config_steps(config: str | Path) -> dict[str, Step]:
    """Train pipeline of a config."""
    dataset = Config.fromfile(config).train_dataloader.dataset
    return pipeline_steps(dataset.pipeline)


def pipeline_steps(pipeline: list[dict]) -> dict[str, Step]:
    """Transforms by name."""
    return {transform['type']: TRANSFORMS.build(transform) for transform in pipeline}


def time_pipelines(pipelines: dict[str, dict[str, Step]], infos: list[dict]) -> dict[str, list[dict[str, float]]]:
    """Run one pipeline after the other over all images.

    Returns:
        For each pipeline, one record an image: processor milliseconds by step, and bytes. MMOCR gives up on an image
        all of whose words it has lost; there is no record then.
    """
    return {name: [record for info in infos if (record := time_sample(steps, info)) is not None]
            for name, steps in pipelines.items()}


def time_sample(steps: dict[str, Step], info: dict) -> dict[str, float] | None:
    """Processor milliseconds of each step on one image, and bytes of the result."""
    sample: Any = dict(info)
    record = {}
    for name, step in steps.items():
        start = time.process_time()
        sample = step(sample)
        record[name] = (time.process_time() - start) * 1e3
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


def summarise(records: list[dict[str, float]]) -> dict[str, Any]:
    """Median and spread of the time a sample takes, and medians of the steps and of the bytes."""
    steps = [name for name in records[0] if name != 'bytes']
    totals = [sum(record[step] for step in steps) for record in records]
    low, median, high = np.percentile(totals, [10, 50, 90])
    return {
        'ms': {'median': median, 'p10': low, 'p90': high},
        'images_per_second': 1e3 / median,
        'steps_ms': {step: float(np.median([record[step] for record in records])) for step in steps},
        'bytes': float(np.median([record['bytes'] for record in records])),
    }


def use_one_thread() -> None:
    """Keep OpenCV and PyTorch on one core, as a data worker is."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def seed_everything(seed: int) -> None:
    """Seed every generator that a transform draws from."""
    random.seed(seed)
    np.random.seed(seed)
    imgaug.seed(seed)
    torch.manual_seed(seed)


def versions() -> dict[str, str]:
    """What the figures depend on."""
    modules = (dbnetpp_plugin, mmocr, torch, cv2, np)
    return {module.__name__: module.__version__ for module in modules}


def main() -> None:
    """Time both pipelines, and write what came out as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('ann_file')
    parser.add_argument('--data-root', default='')
    parser.add_argument('--number', type=int, default=100)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--config', default=CONFIG)
    json.dump(run(**vars(parser.parse_args())), sys.stdout, indent=2)


if __name__ == '__main__':
    main()
