"""Where the time of a training step goes: data, preprocessor, network, loss, backward pass, optimizer.

Each combination of precision and memory format trains the same network on the same batches.
"""

import time
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import torch
from mmengine.dataset import pseudo_collate
from mmengine.optim import build_optim_wrapper
from mmocr.registry import MODELS

from dbnetpp_plugin.config import load_config, own_config
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset

from .data import ANN_FILE, DATA_ROOT, seed_everything
from .timing import spread
from .train import from_scratch, quiet, resized

T = TypeVar('T')
CONFIGS = {'r18': 'dbnet_r18_ic15', 'pplcnetv4s': 'dbnet_pplcnetv4s_ic15'}
PRECISIONS = {'float32': 'OptimWrapper', 'bfloat16': 'BFloat16OptimWrapper'}
FORMATS = {'contiguous': torch.contiguous_format, 'channels_last': torch.channels_last}
WARM_UP = 2
SEED = 0


def run(ann_file: Path | None, data_root: Path | None, model: str, batch_size: int, size: int, steps: int,
        threads: int) -> dict[str, Any]:
    """Train each combination for a few steps on the CPU, one after the other.

    Args:
        ann_file: MMOCR's annotation file for text detection; by default ``textdet_train.json`` in ``data_root``.
        data_root: What its image paths are relative to; by default its folder, or ``data/icdar2015`` without one.
        model: A key of ``CONFIGS``.
        batch_size: Images per step.
        size: Width and height of them, a multiple of 32.
        steps: Steps that are timed, after ``WARM_UP`` others.
        threads: Threads of PyTorch. The batch is made by one, as in a data worker.

    Returns:
        By combination and part of a step, the spread in milliseconds and 'share', the part's share of the time of all
        parts but the data, which workers make meanwhile; 'settings', the arguments.
    """
    root = data_root or (ann_file.parent if ann_file else DATA_ROOT)
    source = {'ann_file': str((ann_file or root / ANN_FILE).absolute()), 'data_root': str(root)}
    config = load_config(own_config(CONFIGS[model]))
    dataset = TextDetDataset(**source, pipeline=resized(config.train_dataloader.dataset.pipeline, size))
    torch.set_num_threads(threads)
    with quiet():
        results = {f'{precision} {memory_format}': summarise([
            *_parts_of_steps(from_scratch(config.model), dataset, precision, memory_format, batch_size, steps)])
            for precision, memory_format in product(PRECISIONS, FORMATS)}
    return {**results, 'settings': {'model': model, 'batch_size': batch_size, 'size': size, 'steps': steps,
                                    'threads': threads}}


def _parts_of_steps(model_config: dict[str, Any], dataset: TextDetDataset, precision: str, memory_format: str,
                    batch_size: int, steps: int) -> list[dict[str, float]]:
    seed_everything(SEED)
    model = MODELS.build({**model_config, 'init_cfg': None})
    model.init_weights()
    model.train().to(memory_format=FORMATS[memory_format])
    optimizer = build_optim_wrapper(model, {'type': PRECISIONS[precision],
                                            'optimizer': {'type': 'AdamW', 'lr': 1e-4}})
    taken = [_parts_of_step(model, optimizer, dataset, range(i * batch_size, (i + 1) * batch_size))
             for i in range(WARM_UP + steps)]
    return taken[WARM_UP:]


def _parts_of_step(model: Any, optimizer: Any, dataset: TextDetDataset, indices: range) -> dict[str, float]:
    """Milliseconds of each part of one step."""
    clock = _Clock()
    batch = clock('data', lambda: pseudo_collate([dataset[i % len(dataset)] for i in indices]))
    data = clock('preprocessor', lambda: model.data_preprocessor(batch, training=True))
    with optimizer.optim_context(model):
        maps = clock('network', lambda: model.det_head(model.extract_feat(data['inputs']), mode='loss'))
        losses = clock('loss', lambda: model.det_head.module_loss(maps, data['data_samples']))
    total, _ = model.parse_losses(losses)
    clock('backward', lambda: optimizer.backward(total))
    clock('optimizer', lambda: (optimizer.step(), optimizer.zero_grad()))
    return clock.milliseconds


class _Clock:
    """Takes the wall-clock time of calls by name."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    def __call__(self, name: str, call: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = call()
        self.milliseconds[name] = (time.perf_counter() - start) * 1e3
        return result


def summarise(taken: list[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Spread of each part in milliseconds, and its share of the sum of the medians of all but the data."""
    parts = {name: spread([step[name] for step in taken]) for name in taken[0]}
    total = sum(part['median'] for name, part in parts.items() if name != 'data')
    return {name: {**part, 'share': part['median'] / total} for name, part in parts.items()}
