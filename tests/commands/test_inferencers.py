"""MMOCR's own inferencers take our configs and weights."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmocr.apis import MMOCRInferencer, TextDetInferencer
from mmocr.registry import MODELS

from dbnetpp_plugin.apis import TextDetector

CONFIG = str(Path(__file__).parents[2] / 'configs/synthetic/dbnetpp_mbv3l_synth.py')


@pytest.fixture(scope='module')
def weights(tmp_path_factory) -> str:
    """A network that takes all for text: a test of the way through the inferencers, not of a model."""
    from mmengine.registry import init_default_scope
    init_default_scope('mmocr')
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(CONFIG).model)
    model.init_weights()
    with torch.no_grad():
        model.det_head.binarize[-1].bias.fill_(5)
    file = tmp_path_factory.mktemp('weights') / 'w.pth'
    torch.save({'state_dict': model.state_dict(), 'meta': {}}, file)
    return str(file)


@pytest.fixture
def image(tmp_path) -> str:
    file = tmp_path / 'a.png'
    cv2.imwrite(str(file), np.random.default_rng(0).integers(0, 255, (120, 200, 3), dtype=np.uint8))
    return str(file)


def test_text_det_inferencer_finds_what_our_detector_finds(weights, image):
    theirs = TextDetInferencer(CONFIG, weights, device='cpu')(image, return_datasamples=False)['predictions'][0]
    ours = TextDetector(CONFIG, weights, device='cpu')(image)[0]
    assert len(theirs['polygons']) == len(ours.polygons) == 1
    np.testing.assert_allclose(np.reshape(theirs['polygons'][0], (-1, 2)), ours.polygons[0], atol=1e-3)
    assert theirs['scores'] == pytest.approx(ours.scores.tolist())


def test_mmocr_inferencer_takes_config_and_weights(weights, image):
    found = MMOCRInferencer(det=CONFIG, det_weights=weights, device='cpu')(image)['predictions'][0]
    assert len(found['det_polygons']) == 1
