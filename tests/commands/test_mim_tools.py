"""The ecosystem's other tools on configs and checkpoints of this project."""

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.fileio import load
from mmocr.registry import MODELS

ROOT = Path(__file__).parents[2]

ITERATIONS = """
_base_ = ['{base}']
custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)

train_cfg = dict(_delete_=True, type='IterBasedTrainLoop', max_iters=2, val_interval=2)
param_scheduler = [dict(type='PolyLR', power=0.9, end=2, by_epoch=False)]
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=2))
log_processor = dict(by_epoch=False)
"""

# The lines of docs/configs.md, and the same images under two names.
SEVERAL = ITERATIONS + """
test_set = dict(type='TextDetDataset', data_root='{data}', ann_file='textdet_test.json', test_mode=True)
val_dataloader = dict(dataset=dict(
    _delete_=True, type='ConcatDataset', datasets=[test_set, test_set], pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(
    _delete_=True, type='MultiDatasetsEvaluator', metrics=_base_.val_evaluator, dataset_prefixes=['first', 'second'])
test_evaluator = val_evaluator
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=2, save_best='first/icdar2015/hmean'))
"""


@pytest.fixture(scope='module')
def checkpoint(tiny_config, tmp_path_factory) -> Path:
    """A network that takes all for text."""
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(tiny_config).model)
    model.init_weights()
    with torch.no_grad():
        model.det_head.binarize[-1].bias.fill_(5)
    file = tmp_path_factory.mktemp('weights') / 'weights.pth'
    torch.save({'state_dict': model.state_dict(), 'meta': {}}, file)
    return file


@pytest.fixture(scope='module')
def trained(mim, tiny_config, synth_data, tmp_path_factory) -> tuple[Path, str]:
    """Work folder and log of two iterations, evaluated on two data sets, with the learning rate scaled."""
    work_dir = tmp_path_factory.mktemp('trained')
    config = work_dir / 'several.py'
    config.write_text(SEVERAL.format(base=tiny_config, data=synth_data))
    return work_dir, mim('train', 'mmocr', config, '--work-dir', work_dir, '--auto-scale-lr')


def test_browse_dataset_draws_every_step_of_training(mim, tiny_config, tmp_path):
    mim('run', 'mmocr', 'browse_dataset', tiny_config, '-p', 'train', '-m', 'pipeline', '-n', '2', '--not-show',
        '-o', tmp_path)
    pictures = [cv2.imread(str(file)).astype(int) for file in sorted(tmp_path.iterdir())]
    assert len(pictures) == 2
    assert all(picture.shape[1] >= 2 * 128 for picture in pictures)  # augmented, and with label maps
    for half in (np.s_[:, :128], np.s_[:, -128:]):
        # Outlines are drawn in both: MMOCR fills them with green.
        assert any(((picture[half][..., 1] - picture[half][..., 2]) > 60).any() for picture in pictures)


def test_test_time_augmentation_takes_the_weights_and_finds_text(mim, tiny_config, checkpoint, tmp_path):
    log = mim('test', 'mmocr', tiny_config, '--checkpoint', checkpoint, '--work-dir', tmp_path, '--tta', '--save-preds')
    assert 'missing keys' not in log
    assert 'unexpected key' not in log
    predictions = load(next(tmp_path.glob('*_predictions.pkl')))
    assert len(predictions) == 3
    assert all(len(sample['pred_instances']['polygons']) for sample in predictions)


def test_the_learning_rate_is_scaled_in_training_counted_in_iterations(trained):
    assert 'LR is set based on batch size of 8 and the current batch size is 2. Scaling the original LR by 0.25.' \
        in trained[1]


def test_several_data_sets_are_evaluated_and_one_of_them_chooses_the_best(trained):
    work_dir, log = trained
    assert re.search(r'first/icdar2015/hmean: [\d.]+ .*second/icdar2015/hmean: [\d.]+', log)
    assert len(list(work_dir.glob('**/best_first_icdar2015_hmean_iter_2.pth'))) == 1


def test_a_checkpoint_is_published(trained, mim, tmp_path):
    """publish_model runs without this package, and PyTorch then refuses MMEngine's logs in a checkpoint."""
    whole, slim = trained[0] / 'iter_2.pth', tmp_path / 'slim.pth'
    subprocess.run([sys.executable, '-m', 'dbnetpp', 'slim', str(whole), str(slim)], check=True, cwd=ROOT)
    mim('run', 'mmocr', 'publish_model', slim, tmp_path / 'published.pth')
    (published,) = tmp_path.glob('published-*.pth')
    expected = torch.load(whole, weights_only=True)['state_dict']
    weights = torch.load(published, weights_only=True)['state_dict']
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[name], expected[name]) for name in expected)
