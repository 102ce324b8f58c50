"""PP-OCR's weights by address, in the ecosystem's own commands."""

import math
import re
from pathlib import Path

import pytest
import torch
from mmengine.runner import CheckpointLoader

import dbnetpp_plugin  # noqa: F401  makes the address known

CONFIG = Path(__file__).parents[2] / 'configs/synthetic/dbnet_pplcnetv4s_synth.py'
ADDRESS = 'ppocr://PP-OCRv6_small_det'


@pytest.fixture
def options(synth_data, tmp_path) -> list[str]:
    loaders = [f'{split}_dataloader.{option}' for split in ('train', 'val', 'test')
               for option in (f'dataset.data_root={synth_data}', 'num_workers=0', 'persistent_workers=False')]
    return ['--work-dir', str(tmp_path), '--cfg-options', *loaders, 'train_dataloader.batch_size=2',
            'train_cfg.val_interval=9', 'default_hooks.checkpoint.interval=2', 'default_hooks.logger.interval=1']


def test_the_address_is_a_checkpoint(mim, options):
    log = mim('test', 'mmocr', CONFIG, '--checkpoint', ADDRESS, *options)
    assert float(re.search(r'icdar2015/hmean: ([\d.]+)', log)[1]) > 0.3  # clear words on clear pages, found as they are


@pytest.mark.parametrize('amp', [[], ['--amp']])
def test_training_starts_from_it_and_is_resumed(mim, options, losses, amp, tmp_path):
    log = mim('train', 'mmocr', CONFIG, *amp, *options, 'train_cfg.max_iters=2')
    assert f'load model from: {ADDRESS}' in log
    assert 'missing keys' not in log
    assert all(map(math.isfinite, losses(log)))
    published = CheckpointLoader.load_checkpoint(ADDRESS)['state_dict']
    trained = torch.load(tmp_path / 'iter_2.pth')['state_dict']
    for name, value in trained.items():
        if name.endswith('weight') and value.dim() == 4 and not name.startswith('det_head.threshold'):
            torch.testing.assert_close(value, published[name], rtol=0, atol=2e-3, msg=lambda m, n=name: f'{n}: {m}')
    log = mim('train', 'mmocr', CONFIG, '--resume', *amp, *options, 'train_cfg.max_iters=4')
    assert 'resumed epoch: 0, iter: 2' in log
    assert len(losses(log)) == 2
