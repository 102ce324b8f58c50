"""Training, resuming and testing by the ecosystem's own commands."""

import json
import math
import re
from pathlib import Path

import pytest
import torch


@pytest.fixture(scope='module')
def trained(mim, tiny_config, tmp_path_factory):
    """Work folder and log of an uninterrupted run of two epochs."""
    work_dir = tmp_path_factory.mktemp('trained')
    return work_dir, mim('train', 'mmocr', tiny_config, '--work-dir', work_dir)


def weights(file: Path) -> dict[str, torch.Tensor]:
    return torch.load(file, weights_only=True)['state_dict']


def test_train_logs_every_loss_and_saves(trained, losses):
    work_dir, log = trained
    steps = losses(log)
    assert len(steps) == 8  # 8 images, batch 2, 2 epochs
    assert all(math.isfinite(loss) and loss > 0 for loss in steps)
    assert all(name in log for name in ('loss_prob', 'loss_thr', 'loss_db', 'icdar/hmean'))
    assert (work_dir / 'epoch_2.pth').is_file()


def test_resumed_training_ends_where_the_uninterrupted_one_does(trained, mim, tiny_config, tmp_path):
    mim('train', 'mmocr', tiny_config, '--work-dir', tmp_path, '--cfg-options', 'train_cfg.max_epochs=1')
    log = mim('train', 'mmocr', tiny_config, '--work-dir', tmp_path, '--resume')
    assert 'resumed epoch: 1, iter: 4' in log
    expected, resumed = weights(trained[0] / 'epoch_2.pth'), weights(tmp_path / 'epoch_2.pth')
    assert expected.keys() == resumed.keys()
    for name, value in expected.items():
        torch.testing.assert_close(resumed[name], value, rtol=0, atol=0, msg=lambda m, n=name: f'{n}: {m}')


def test_test_prints_hmean(trained, mim, tiny_config, tmp_path):
    log = mim('test', 'mmocr', tiny_config, '--checkpoint', trained[0] / 'epoch_2.pth', '--work-dir', tmp_path)
    assert re.search(r'icdar/precision: [\d.]+\s+icdar/recall: [\d.]+\s+icdar/hmean: [\d.]+', log)


def test_amp_trains(mim, tiny_config, tmp_path, losses):
    log = mim('train', 'mmocr', tiny_config, '--work-dir', tmp_path, '--amp',
              '--cfg-options', 'train_cfg.max_epochs=1', 'train_cfg.val_interval=5')
    steps = losses(log)
    assert len(steps) == 4
    assert all(math.isfinite(loss) for loss in steps)


def test_two_processes_log_the_loss_of_one(mim, tiny_config, tmp_path, losses):
    """Same images, same weights, batch 4 on one process and 2 x 2 on two: the first step's loss is the same.

    Batch normalisation uses its running statistics here, since each process would otherwise normalise by its own half.
    """
    config = tmp_path / 'eval_norm.py'
    config.write_text(f"_base_ = ['{tiny_config}']\n"
                      "custom_imports = dict(imports=['dbnetpp_plugin', 'eval_norm_hook'])\n"
                      "custom_hooks = [dict(type='EvalNormHook')]\n")
    options = ['--cfg-options', 'train_cfg.max_epochs=1', 'train_cfg.val_interval=5']
    one = mim('train', 'mmocr', config, '--work-dir', tmp_path / 'one', *options, 'train_dataloader.batch_size=4')
    two = mim('train', 'mmocr', config, '--work-dir', tmp_path / 'two', '--launcher', 'pytorch', '--gpus', '2',
              *options, 'train_dataloader.batch_size=2')
    assert losses(two)[0] == pytest.approx(losses(one)[0], abs=1e-4)
    logged = next((tmp_path / 'two').glob('*/vis_data/scalars.json')).read_text().splitlines()
    assert json.loads(logged[0])['loss'] == pytest.approx(losses(two)[0], abs=1e-4)
