"""Every config of a recognizer builds, trains a step, and predicts, on small pictures of words."""

import copy
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.optim import build_optim_wrapper
from mmengine.registry import HOOKS, PARAM_SCHEDULERS
from mmocr.registry import DATASETS, METRICS, MODELS, VISUALIZERS

ROOT = Path(__file__).parents[2]
CONFIGS = {file.stem: file for file in sorted((ROOT / 'configs').rglob('*.py'))
           if '_base_' not in file.parts and not file.stem.startswith(('dbnet', 'mmocr'))}
WORDS = ('Way', 'out', '24')


@pytest.fixture(scope='module')
def data_root(tmp_path_factory) -> Path:
    """Pictures of words, as `dbnetpp crop` writes them."""
    folder = tmp_path_factory.mktemp('words')
    entries = []
    for word in WORDS:
        image = cv2.putText(np.full((40, 90, 3), 230, np.uint8), word, (6, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        cv2.imwrite(str(folder / f'{word}.png'), image)
        entries.append(dict(img_path=f'{word}.png', instances=[dict(text=word)]))
    for split in ('train', 'test'):
        content = dict(metainfo=dict(dataset_type='TextRecogDataset', task_name='textrecog'), data_list=entries)
        (folder / f'textrecog_{split}.json').write_text(json.dumps(content))
    return folder


def loaded(name: str, data_root: Path) -> Config:
    config = Config.fromfile(CONFIGS[name])
    config.model.pop('init_cfg', None)  # which takes files that are tested by their address
    for loader in (config.train_dataloader, config.val_dataloader, config.test_dataloader):
        if 'ann_file' in loader.dataset:
            loader.dataset.data_root = str(data_root)
    return config


def test_there_are_configs():
    assert {'svtr_pplcnetv4s_ppocrv6', 'svtr_pplcnetv4t_ppocrv6', 'svtr_pplcnetv3_ppocrv5', 'svtr_pplcnetv3_ppocrv4',
            'svtr_pplcnetv4s_ic15', 'crnn_resnet_randomsynth'} <= set(CONFIGS)


@pytest.mark.parametrize('name', CONFIGS)
def test_starts_with_the_import_of_the_plugin(name):
    code = re.sub(r'^""".*?"""\n', '', CONFIGS[name].read_text(), flags=re.DOTALL).lstrip()
    assert code.startswith("custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)\n")


@pytest.mark.parametrize('name', CONFIGS)
def test_trains_and_predicts(name, data_root):
    torch.manual_seed(0)
    config = loaded(name, data_root)
    model = MODELS.build(copy.deepcopy(config.model))
    model.init_weights()
    data = DATASETS.build(config.train_dataloader.dataset)
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    losses = model.train_step(pseudo_collate([data[index] for index in range(len(WORDS))]), wrapper)
    assert torch.isfinite(losses['loss'])
    for loader in (config.val_dataloader, config.test_dataloader):
        sample = DATASETS.build(loader.dataset)[0]
        with torch.no_grad():
            (found,) = model.eval().test_step(pseudo_collate([sample]))
        assert isinstance(found.pred_text.item, str)


@pytest.mark.parametrize('name', CONFIGS)
def test_everything_else_builds(name, data_root):
    config = loaded(name, data_root)
    for metric in (*config.val_evaluator, *config.test_evaluator):
        METRICS.build(metric)
    assert all(HOOKS.build(hook) for hook in config.get('custom_hooks', []))
    VISUALIZERS.build(config.visualizer)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    for scheduler in config.param_scheduler:
        PARAM_SCHEDULERS.build(scheduler, default_args=dict(optimizer=optimizer))
    assert config.param_scheduler[-1]['end'] == config.train_cfg.max_iters
