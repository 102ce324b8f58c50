"""Every config builds, trains a step and predicts, on a small picture with a word in each shape."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmocr.registry import DATASETS, METRICS, MODELS

from dbnetpp_plugin.datasets import write_annotations
from dbnetpp_plugin.datasets.annotation import make_entry, make_instance

CONFIGS = sorted((Path(__file__).parents[2] / 'configs').glob('*.py'))


def bent_word() -> np.ndarray:
    """Fourteen points around a ring sector."""
    angles = np.linspace(-0.8, 0.8, 7)
    arcs = [np.stack([160 + r * np.sin(angles), 220 - r * np.cos(angles)], axis=1) for r in (120, 80)]
    return np.concatenate([arcs[0], arcs[1][::-1]])


@pytest.fixture(scope='module')
def data_root(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('data')
    image = np.full((240, 320, 3), 200, np.uint8)
    cv2.putText(image, 'Word', (40, 210), cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 5)
    cv2.imwrite(str(folder / 'a.jpg'), image)
    quad = np.array([(35, 160), (200, 160), (200, 220), (35, 220)])
    instances = [make_instance(quad.ravel(), text='Word'), make_instance(bent_word().ravel(), text='bent')]
    for split in ('train', 'test'):
        write_annotations(folder / f'textdet_{split}.json', [make_entry('a.jpg', 320, 240, instances)])
    return folder


@pytest.fixture(params=CONFIGS, ids=lambda file: file.stem)
def config(request, data_root) -> Config:
    cfg = Config.fromfile(request.param)
    cfg.model.backbone.init_cfg = None
    for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
        loader.dataset.data_root = str(data_root)
    for step in cfg.train_dataloader.dataset.pipeline:
        if step['type'] == 'DBTextAugment':
            step['size'] = (128, 96)
    for step in cfg.test_dataloader.dataset.pipeline:
        if step['type'] == 'Resize':
            step['scale'] = (160, 160)
    return cfg


def test_starts_with_the_import_of_the_plugin():
    assert CONFIGS
    for file in CONFIGS:
        first = next(line for line in file.read_text().splitlines() if line and not line.startswith('"""'))
        assert first == "custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)", file.name


def test_one_training_step_and_one_prediction(config):
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    model.init_weights()

    sample = DATASETS.build(config.train_dataloader.dataset)[0]
    maps = sample['data_samples'].gt_db_maps
    assert {name: tuple(value.shape) for name, value in maps.items()} == dict.fromkeys(
        ('shrink_map', 'shrink_mask', 'threshold_map', 'threshold_mask'), (1, 96, 128))
    batch = model.data_preprocessor(pseudo_collate([sample, sample]), training=True)
    losses = model(**batch, mode='loss')
    assert set(losses) == {'loss_prob', 'loss_thr', 'loss_db'}
    sum(losses.values()).backward()
    untrained = [name for name, p in model.named_parameters() if p.requires_grad and p.grad is None]
    assert not untrained
    assert all(math.isfinite(float(loss.detach())) for loss in losses.values())

    sample = DATASETS.build(config.test_dataloader.dataset)[0]
    with torch.no_grad():
        model.det_head.binarize[-1].bias.fill_(5)  # untrained it finds nothing, and so it finds the whole picture
        predicted = model.eval().test_step(pseudo_collate([sample]))[0]
    instances = predicted.pred_instances
    assert len(instances.polygons) == len(instances.scores) >= 1
    assert instances.scores.dtype == torch.float32
    assert all(p.dtype == np.float32 and p.ndim == 1 and len(p) == 8 for p in instances.polygons)

    figures = {}
    for evaluator in config.test_evaluator:
        metric = METRICS.build(evaluator)
        metric.process(None, [predicted.to_dict()])
        figures.update(metric.evaluate(size=1))
    assert {'icdar/hmean', 'icdar2015/hmean'} <= set(figures)
    assert all(0 <= value <= 1 for value in figures.values())
