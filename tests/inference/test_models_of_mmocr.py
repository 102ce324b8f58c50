"""MMOCR's own detection models, as its configs have them, in the two halves of a network."""

import copy
import logging
from pathlib import Path

import mmocr
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmocr.models.textdet.heads import FCEHead, PSEHead
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from torch.nn.modules.batchnorm import _BatchNorm

from dbnetpp_plugin.inference.map_network import fused_to_maps
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.network import Network

CONFIGS = Path(mmocr.__file__).parent / '.mim/configs/textdet'
FCENET = 'fcenet/_base_fcenet_resnet50_fpn'
SIZE = (64, 64)


@MODELS.register_module()
class HeadThatNeedsSamples(PSEHead):
    """It asks for the sizes of images, as heads may."""

    def forward(self, inputs, data_samples=None):
        assert data_samples[0].img_shape == SIZE
        return super().forward(inputs, data_samples)


@MODELS.register_module()
class HeadThatPredictsItsOwnWay(FCEHead):
    def predict(self, x, data_samples):
        return ['found'] * len(data_samples)


@pytest.fixture
def log(caplog):
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING, logger.name):
        yield caplog
    logger.removeHandler(caplog.handler)


def build(name: str, **head):
    config = Config.fromfile(CONFIGS / f'{name}.py')
    config.model.backbone.update(init_cfg=None)
    config.model.det_head.update(head)
    torch.manual_seed(0)
    return build_model(config, device='cpu')


def batch() -> dict:
    image = torch.randint(256, (3, *SIZE), generator=torch.Generator().manual_seed(0)).byte()
    return dict(inputs=[image], data_samples=[TextDetDataSample(
        metainfo=dict(img_shape=SIZE, ori_shape=SIZE, scale_factor=(1.0, 1.0)))])


@pytest.mark.parametrize('name', [
    FCENET, 'psenet/_base_psenet_resnet50_fpnf', 'panet/_base_panet_resnet18_fpem-ffm'])
def test_maps_are_those_of_the_model(name):
    model = build(name)
    network = Network(model)
    maps, _ = network.maps(batch())
    with torch.inference_mode():
        expected = model(model.data_preprocessor(batch())['inputs'], None, mode='tensor')
    torch.testing.assert_close(maps, expected, atol=1e-4, rtol=1e-3)
    assert not [module for module in network._to_maps.modules() if isinstance(module, _BatchNorm)]


def test_text_is_that_of_the_model():
    model = build(FCENET)
    model.det_head.postprocessor.score_thr = 0.01
    model.det_head.postprocessor.num_reconstr_points = 8  # quicker than 50
    with torch.inference_mode():
        (expected,) = model.test_step(copy.deepcopy(batch()))
    network = Network(model)
    (found,) = network.texts(*network.maps(batch()))
    assert len(found.pred_instances.polygons) == len(expected.pred_instances.polygons) > 0
    torch.testing.assert_close(found.pred_instances.scores, expected.pred_instances.scores, atol=1e-4, rtol=0)


def test_several_maps_have_no_mean():
    with pytest.raises(ValueError, match='several scales and tiles need one map per image'):
        Network(build(FCENET)).maps(batch(), [batch()])


def test_a_head_that_needs_more_than_features_is_run_with_the_whole_model(log):
    model = build('psenet/_base_psenet_resnet50_fpnf', type='HeadThatNeedsSamples')
    assert fused_to_maps(model) is None
    assert 'PSENet is run as a whole' in log.text


def test_a_head_that_predicts_in_its_own_way_is_run_with_the_whole_model():
    network = Network(build(FCENET, type='HeadThatPredictsItsOwnWay'))
    assert network.texts(*network.maps(batch())) == ['found']
