"""PP-OCR's recognizers in the ecosystem's own commands and inferencers."""

import math
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.runner import CheckpointLoader
from mmocr.apis import MMOCRInferencer, TextRecInferencer

import dbnetpp_plugin  # noqa: F401  makes the address known

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / 'configs/svtr_pplcnetv4s_ic15.py'
PUBLISHED = ROOT / 'configs/svtr_pplcnetv4s_ppocrv6.py'
DETECTOR = ROOT / 'configs/dbnet_pplcnetv4s_ppocrv6.py'
ADDRESS = 'ppocr://PP-OCRv6_small_rec'


@pytest.fixture(scope='module')
def words(synth_data) -> Path:
    """Crops of the words of synthetic pages."""
    for split in ('train', 'test'):
        subprocess.run([sys.executable, '-m', 'dbnetpp', 'crop', '--ann', str(synth_data / f'textdet_{split}.json'),
                        '--root', str(synth_data), '--out', str(synth_data)], check=True, capture_output=True, cwd=ROOT)
    return synth_data


@pytest.fixture
def options(words, tmp_path) -> list[str]:
    loaders = [f'{split}_dataloader.{option}' for split in ('train', 'val', 'test')
               for option in (f'dataset.data_root={words}', 'num_workers=0', 'persistent_workers=False')]
    return ['--work-dir', str(tmp_path), '--cfg-options', *loaders, 'train_dataloader.batch_size=4',
            'train_cfg.val_interval=9', 'default_hooks.checkpoint.interval=2', 'default_hooks.logger.interval=1']


def test_the_address_is_a_checkpoint(mim, options):
    log = mim('test', 'mmocr', CONFIG, '--checkpoint', ADDRESS, *options)
    accuracy, recall, distance = (float(re.search(rf'recog/{name}: ([\d.]+)', log)[1])
                                  for name in ('word_acc_ignore_case', 'char_recall', '1-N.E.D'))
    assert accuracy > 0.4  # small words, many of them drawn to be hard
    assert min(recall, distance) > 0.6


def test_training_starts_from_it_and_is_resumed(mim, options, losses, tmp_path):
    log = mim('train', 'mmocr', CONFIG, *options, 'train_cfg.max_iters=2')
    assert f'load model from: {ADDRESS}' in log
    assert 'missing keys' not in log
    assert all(map(math.isfinite, losses(log)))
    published = CheckpointLoader.load_checkpoint(ADDRESS)['state_dict']
    trained = torch.load(tmp_path / 'iter_2.pth')['state_dict']
    assert trained.keys() >= published.keys()
    name = 'decoder.decoder.weight'
    torch.testing.assert_close(trained[name], published[name], rtol=0, atol=2e-3)
    log = mim('train', 'mmocr', CONFIG, '--resume', *options, 'train_cfg.max_iters=4')
    assert 'resumed epoch: 0, iter: 2' in log
    assert len(losses(log)) == 2


@pytest.fixture(scope='module')
def page() -> np.ndarray:
    image = np.full((240, 480, 3), 235, np.uint8)
    for row, line in enumerate(('Platform', 'closed')):
        cv2.putText(image, line, (60, 90 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (30, 30, 30), 4, cv2.LINE_AA)
    return image


def test_inferencer_of_lines(page):
    inferencer = TextRecInferencer(str(PUBLISHED), ADDRESS, device='cpu')
    found = inferencer(page[30:110, 50:330])['predictions'][0]
    assert found['text'] == 'Platform'
    assert found['scores'] > 0.9


def test_inferencer_of_pages(page):
    inferencer = MMOCRInferencer(det=str(DETECTOR), det_weights='ppocr://PP-OCRv6_small_det', rec=str(PUBLISHED),
                                 rec_weights=ADDRESS, device='cpu')
    found = inferencer(page)['predictions'][0]
    assert sorted(found['rec_texts']) == ['Platform', 'closed']
    assert min(found['rec_scores']) > 0.9
