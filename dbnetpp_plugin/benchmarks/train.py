"""Images per second of whole training steps: label maps made by the data workers, made in the loss, and MMOCR's DBNet.

A step is a batch from the data loader, preprocessor, network, loss, backward pass and optimizer. Each is trained in a
process of its own, with the memory format and the memory allocator that its config asks for.
"""

import contextlib
import logging
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import torch
from mmengine.dataset import InfiniteSampler, pseudo_collate
from mmengine.logging import MMLogger
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from mmocr.registry import MODELS
from torch.utils.data import DataLoader

from dbnetpp_plugin.config import load_config, own_config
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset
from dbnetpp_plugin.engine.channels_last_hook import channels_last_is_faster
from dbnetpp_plugin.inference.model_building import find_device
from dbnetpp_plugin.memory import keep_freed_memory

from .configs import mmocr_config
from .data import ANN_FILE, DATA_ROOT, MMOCR_CONFIG, seed_everything
from .timing import spread, use_one_thread

# This project's config, and that of MMOCR with the same backbone.
PAIRS = {'r18': ('dbnet_r18_ic15', 'dbnet/_base_dbnet_resnet18_fpnc.py'),
         'r50_dcnv2': ('dbnetpp_r50_dcnv2_ic15', MMOCR_CONFIG)}
SIZE_ARGUMENTS = {'DBTextAugment': 'size', 'Resize': 'scale', 'Pad': 'size'}
LABEL_STEPS = ('GenerateDBTargets', 'PackDBInputs')
PREFETCHED = 2  # batches per worker, PyTorch's default
SEED = 0


class Variant(NamedTuple):
    """What is trained."""

    model: dict[str, Any]
    pipeline: list[dict[str, Any]]
    with_hooks: bool  # ChannelsLastHook and KeepMemoryHook, which this project's configs have


class Options(NamedTuple):
    """How it is trained."""

    batch_size: int
    steps: int
    workers: int
    device: torch.device
    amp: bool


class StepTimes(NamedTuple):
    """Wall-clock seconds of one step, and how many of them went by with what."""

    total: float
    waiting: float  # for the data loader
    labels: float  # in the loss's ``get_targets``
    gpu_idle: float  # 0 without a GPU


class LabelTimer:
    """Stands in for the ``get_targets`` of a loss, and takes its time."""

    def __init__(self, loss: Any, device: torch.device) -> None:
        self._get_targets, self._on_gpu = loss.get_targets, device.type == 'cuda'
        self._marks: list[Any] = []
        self.seconds = 0.0
        loss.get_targets = self

    def __call__(self, data_samples: Sequence[Any]) -> Any:
        """The targets of a batch."""
        # The first mark is reached when the GPU has done what was asked of it so far, and the second right after it, or
        # when the targets are there: between them it has nothing to do.
        self._marks = [torch.cuda.Event(enable_timing=True) for _ in range(2)] if self._on_gpu else []
        self._record(0)
        start = time.perf_counter()
        targets = self._get_targets(data_samples)
        self.seconds = time.perf_counter() - start
        self._record(1)
        return targets

    def gpu_idle(self) -> float:
        """Seconds for which the GPU had nothing to do meanwhile; ask after the GPU is synchronised."""
        return self._marks[0].elapsed_time(self._marks[1]) / 1e3 if self._on_gpu else 0.0

    def _record(self, index: int) -> None:
        if self._on_gpu:
            self._marks[index].record()


def run(ann_file: Path | None, data_root: Path | None, model: str, batch_size: int, size: int, steps: int, workers: int,
        device: str, amp: bool = False) -> dict[str, Any]:
    """Train each variant for a few steps, one after the other, from the same random numbers.

    Args:
        ann_file: MMOCR's annotation file for text detection; by default ``textdet_train.json`` in ``data_root``.
        data_root: What its image paths are relative to; by default its folder, or ``data/icdar2015`` without one.
        model: ``'r18'`` or ``'r50_dcnv2'``.
        batch_size: Images per step.
        size: Width and height of them, a multiple of 32.
        steps: How many are timed, after some to warm up.
        workers: Processes that make the samples; with 0 the trainer makes them, and that counts as waiting.
        device: ``'cpu'`` or ``'cuda'``, where the model is.
        amp: Whether to train in mixed precision.

    Returns:
        For 'labels_in_workers', 'labels_in_loss' and 'mmocr' what :func:`summarise` returns; 'speedup', the ratio of
        images per second of the first to each of the other two; 'settings', the arguments; 'threads' of the trainer,
        and 'gpu', its name or None.

    Raises:
        FileNotFoundError: If the annotation file is missing.
        ValueError: If it is not what it should be, or there is no GPU.
    """
    root = data_root or (ann_file.parent if ann_file else DATA_ROOT)
    source = {'ann_file': str((ann_file or root / ANN_FILE).absolute()), 'data_root': str(root)}
    options = Options(batch_size, steps, workers, find_device(device), amp)
    spawning = multiprocessing.get_context('spawn')
    results = {}
    for name, variant in variants(model, size).items():
        with ProcessPoolExecutor(1, spawning) as process:
            results[name] = summarise(process.submit(train, variant, source, options).result(), options)
    fastest = results['labels_in_workers']['images_per_second']
    return {**results,
            'speedup': {name: fastest / results[name]['images_per_second'] for name in ('labels_in_loss', 'mmocr')},
            'settings': {'model': model, 'size': size, **options._asdict(), 'device': device},
            'threads': torch.get_num_threads(),
            'gpu': torch.cuda.get_device_name() if device == 'cuda' else None}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep standard output for the figures: MMOCR prints polygons that it cannot grow, and logs what it initialises."""
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        logger.setLevel(level)


def variants(model: str, size: int) -> dict[str, Variant]:
    """What is compared.

    The first two have the same network and augmentation. In the second, MMOCR's loss makes the label maps, and its
    preprocessor and packing go with it. The third is MMOCR's own config.
    """
    own, other = PAIRS[model]
    ours, theirs = load_config(own_config(own)), load_config(mmocr_config(other))
    ours_pipeline = resized(ours.train_dataloader.dataset.pipeline, size)
    theirs_pipeline = resized(theirs.train_pipeline, size)
    without_labels = [transform for transform in ours_pipeline if transform['type'] not in LABEL_STEPS]
    ours_model, theirs_model = from_scratch(ours.model), from_scratch(theirs.model)
    with_their_loss = {**ours_model, 'data_preprocessor': theirs_model['data_preprocessor'],
                       'det_head': {**ours_model['det_head'], 'module_loss': theirs_model['det_head']['module_loss']}}
    return {'labels_in_workers': Variant(ours_model, ours_pipeline, True),
            'labels_in_loss': Variant(with_their_loss, [*without_labels, theirs_pipeline[-1]], True),
            'mmocr': Variant(theirs_model, theirs_pipeline, False)}


def resized(pipeline: Sequence[dict], size: int) -> list[dict[str, Any]]:
    """The pipeline, with another size of its output."""
    return [{**transform, SIZE_ARGUMENTS[transform['type']]: (size, size)} if transform['type'] in SIZE_ARGUMENTS
            else dict(transform) for transform in pipeline]


def from_scratch(model: dict) -> dict[str, Any]:
    """The model without downloaded weights, and with this project's deformable convolutions: mmcv-lite has none."""
    backbone = {**model['backbone'], 'init_cfg': None}
    if 'dcn' in backbone:
        backbone['dcn'] = {**backbone['dcn'], 'type': 'TorchvisionDCNv2'}
    return {**model, 'backbone': backbone}


def train(variant: Variant, source: dict[str, str], options: Options) -> list[StepTimes]:
    """Train for some steps in this process, which does nothing else."""
    use_one_thread()
    torch.backends.cudnn.benchmark = True  # as in the configs
    if variant.with_hooks:
        keep_freed_memory()
    with DefaultScope.overwrite_default_scope('mmocr'), quiet():
        return time_steps(variant, source, options)


def time_steps(variant: Variant, source: dict[str, str], options: Options) -> list[StepTimes]:
    """Train for some steps.

    Until the batches that the workers have made ahead during the slow first step are used up, none is waited for; those
    steps are left out. The workers never come to an end of their work.
    """
    seed_everything(SEED)
    model = MODELS.build(variant.model)
    model.init_weights()
    model.to(options.device).train()
    if variant.with_hooks and channels_last_is_faster(options.device, options.amp):
        model.to(memory_format=torch.channels_last)
    wrapper = {'type': 'AmpOptimWrapper' if options.amp else 'OptimWrapper',
               'optimizer': {'type': 'SGD', 'lr': 0.007, 'momentum': 0.9, 'weight_decay': 1e-4}}
    optimizer, timer = build_optim_wrapper(model, wrapper), LabelTimer(model.det_head.module_loss, options.device)
    dataset = TextDetDataset(**source, pipeline=variant.pipeline)
    batches = iter(DataLoader(dataset, options.batch_size, sampler=InfiniteSampler(dataset, seed=SEED),
                              num_workers=options.workers, collate_fn=pseudo_collate))
    warm_up = 1 + PREFETCHED * options.workers
    taken = [time_step(batches, model, optimizer, timer, options.device) for _ in range(warm_up + options.steps)]
    return taken[warm_up:]


def time_step(batches: Iterator[Any], model: Any, optimizer: Any, timer: LabelTimer, device: torch.device) -> StepTimes:
    """Train on the next batch."""
    start = time.perf_counter()
    batch = next(batches)
    waiting = time.perf_counter() - start
    model.train_step(batch, optimizer)
    if device.type == 'cuda':
        torch.cuda.synchronize(device)
    total = time.perf_counter() - start
    return StepTimes(total, waiting, timer.seconds, waiting + timer.gpu_idle() if device.type == 'cuda' else 0.0)


def summarise(taken: Sequence[StepTimes], options: Options) -> dict[str, Any]:
    """Speed over all steps and by step, and shares of the time.

    Returns:
        'images_per_second', over all steps; 'images_per_second_by_step', median, 10th and 90th percentile; of the
        time of all steps, 'waiting_share', which the trainer waited for data, 'labels_share', which it spent on label
        maps, and with a GPU 'gpu_idle_share', for which that had nothing to do, because of either.
    """
    totals = StepTimes(*(sum(values) for values in zip(*taken, strict=True)))
    figures = {
        'images_per_second': options.batch_size * len(taken) / totals.total,
        'images_per_second_by_step': spread([options.batch_size / step.total for step in taken]),
        'waiting_share': totals.waiting / totals.total,
        'labels_share': totals.labels / totals.total,
    }
    return {**figures, 'gpu_idle_share': totals.gpu_idle / totals.total} if options.device.type == 'cuda' else figures
