"""Batch normalisation folded into convolutions: every layer of every model, and models of which it would be wrong."""

import logging
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from dbnetpp_plugin.inference.batch_norm_folding import fuse_batch_norms, fused
from dbnetpp_plugin.inference.map_network import _ToMaps
from dbnetpp_plugin.models.layers import TorchvisionDCNv2

CONFIGS_DIR = Path(__file__).parents[2] / 'configs'
CONFIGS = ('dbnetpp_mbv3l_ic15', 'dbnetpp_r18_ic15', 'dbnet_r18_dcnv2_ic15', 'dbnetpp_r50_dcnv2_ic15',
           'dbnetpp_r50_oclip_ic15', 'dbnetpp_r18_fpem_ic15')


def norms(model: nn.Module) -> list[nn.Module]:
    return [module for module in model.modules() if isinstance(module, _BatchNorm)]


def trained_a_little(model: nn.Module) -> nn.Module:
    """With normalisations of all kinds, as after training."""
    generator = torch.Generator().manual_seed(0)
    for norm in norms(model):
        for values, low, high in ((norm.running_mean, -0.3, 0.3), (norm.running_var, 0.7, 1.5), (norm.weight, 0.6, 1.2),
                                  (norm.bias, -0.3, 0.3)):
            values.data.uniform_(low, high, generator=generator)
    return model.eval()


@pytest.mark.parametrize(('layer', 'transposed'), [
    (lambda **k: nn.Conv2d(4, 6, 3, stride=2, **k), False),
    (lambda **k: nn.Conv2d(4, 6, 3, groups=2, **k), False),
    (lambda **k: nn.ConvTranspose2d(4, 6, 2, stride=2, **k), True),
    (lambda **k: TorchvisionDCNv2(4, 6, 3, padding=1, **k), False),
])
@pytest.mark.parametrize('bias', [True, False])
def test_layers(layer, transposed, bias):
    torch.manual_seed(0)
    model = trained_a_little(nn.Sequential(layer(bias=bias), nn.BatchNorm2d(6), nn.ReLU()))
    images = torch.randn(2, 4, 9, 9)
    expected = model(images)
    fuse_batch_norms(model)
    assert not norms(model)
    torch.testing.assert_close(model(images), expected, atol=1e-5, rtol=1e-5)


def test_norm_without_statistics_stays():
    model = nn.Sequential(nn.Conv2d(3, 6, 1), nn.BatchNorm2d(6, track_running_stats=False)).eval()
    fuse_batch_norms(model)
    assert len(norms(model)) == 1


@pytest.mark.parametrize('name', CONFIGS)
def test_models_of_the_configs(name):
    config = Config.fromfile(CONFIGS_DIR / f'{name}.py')
    config.model.backbone.init_cfg = None
    torch.manual_seed(0)
    model = trained_a_little(_ToMaps(MODELS.build(config.model)))
    images = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        lighter = fused(model)
        assert lighter is not model
        assert norms(model)
        assert not norms(lighter)
        torch.testing.assert_close(lighter(images), model(images), atol=2e-5, rtol=0)


def test_model_with_another_order_is_left_alone(caplog):
    class Crossed(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

        def forward(self, x):
            return self.conv(self.norm(x))

    model = trained_a_little(Crossed())
    with caplog.at_level(logging.WARNING, logger='mmengine'):
        assert fused(model) is model
    assert len(norms(model)) == 1
