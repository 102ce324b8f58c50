"""The commands and the config of docs/reading.md."""

import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import mmocr
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmocr.apis import MMOCRInferencer
from mmocr.registry import DATASETS, MODELS

from dbnetpp_plugin.apis import TextDetector, TextReader
from dbnetpp_plugin.inference.mmocr_models import find_recognizer

ROOT = Path(__file__).parents[2]
DETECTOR = ROOT / 'configs/synthetic/dbnetpp_mbv3l_synth.py'
RECOGNIZER = find_recognizer('CRNN').config


@pytest.fixture(scope='module')
def weights(tmp_path_factory) -> tuple[str, str]:
    """Of a detector that takes all for text, and of a random recognizer."""
    init_default_scope('mmocr')
    torch.manual_seed(0)
    files = []
    for config in (DETECTOR, RECOGNIZER):
        model = MODELS.build(Config.fromfile(config).model)
        if hasattr(model, 'det_head'):
            torch.nn.init.constant_(model.det_head.binarize[-1].bias, 5)
        files.append(str(tmp_path_factory.mktemp('weights') / f'{config.stem}.pth'))
        torch.save({'state_dict': model.state_dict(), 'meta': {}}, files[-1])
    return files[0], files[1]


@pytest.fixture
def image(tmp_path) -> str:
    cv2.imwrite(str(tmp_path / 'a.png'), np.random.default_rng(0).integers(0, 255, (120, 200, 3), dtype=np.uint8))
    return str(tmp_path / 'a.png')


def test_inferencer_and_reader_find_the_same_region(weights, image):
    inferencer = MMOCRInferencer(det=str(DETECTOR), det_weights=weights[0], rec=str(RECOGNIZER),
                                 rec_weights=weights[1], device='cpu')
    theirs = inferencer(image)['predictions'][0]
    ours = TextReader(TextDetector(DETECTOR, weights[0], 'cpu'), RECOGNIZER, weights[1], 'cpu', min_score=0)(image)[0]
    assert len(theirs['rec_texts']) == len(ours.texts) == 1
    np.testing.assert_allclose(np.reshape(theirs['det_polygons'][0], (-1, 2)), ours.polygons[0], atol=1e-3)


def test_infer_tool(weights, image, tmp_path):
    tool = Path(mmocr.__path__[0]) / '.mim/tools/infer.py'
    done = subprocess.run(
        [sys.executable, tool, image, '--device', 'cpu', '--det', DETECTOR, '--det-weights', weights[0], '--rec',
         RECOGNIZER, '--rec-weights', weights[1], '--out-dir', tmp_path / 'out', '--save_pred', '--save_vis'],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((tmp_path / 'out/preds/a.json').read_text())
    assert len(found['rec_texts']) == len(found['det_polygons']) == 1
    assert (tmp_path / 'out/vis/a.jpg').is_file()


def test_config_for_own_words_trains(tmp_path, synth_data):
    """The crops and the config, as the page has them."""
    page = (ROOT / 'docs/reading.md').read_text('utf-8').replace('data/mine', str(synth_data))
    for split in ('train', 'test'):
        subprocess.run([sys.executable, ROOT / 'tools/crop_words.py', '--ann', synth_data / f'textdet_{split}.json',
                        '--root', synth_data, '--out', synth_data], check=True, capture_output=True)
    example = re.search(r'```python\n(_base_ .*?)```', page, re.DOTALL).group(1)
    (tmp_path / 'mine.py').write_text(example.replace("['svtr", f"['{ROOT}/configs/svtr"), 'utf-8')
    config = Config.fromfile(tmp_path / 'mine.py')
    dataset = DATASETS.build(config.train_dataloader.dataset)
    model = MODELS.build(config.model)
    batch = model.data_preprocessor(pseudo_collate([dataset[i] for i in range(4)]), training=True)
    assert torch.isfinite(model(**batch, mode='loss')['loss_ctc'])
    assert len(DATASETS.build(config.test_dataloader.dataset)) > 0
