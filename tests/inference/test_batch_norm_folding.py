"""Batch normalisation folded into convolutions: every layer of every model, and models of which it would be wrong."""

import logging
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmocr.registry import MODELS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from dbnetpp_plugin.inference.batch_norm_folding import fuse_batch_norms, fused
from dbnetpp_plugin.inference.map_network import _ToMaps
from dbnetpp_plugin.inference.memory_format import in_fastest_format
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


class Swapped(nn.Module):
    """A network that runs its layers in another order than it makes them."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

    def forward(self, x):
        return self.conv(self.norm(x))


class Nested(nn.Sequential):
    """Gives its maps in lists and dicts, as FCENet does."""

    def forward(self, x):
        return [dict(text=super().forward(x), region=(x, x))]


class Other(nn.Sequential):
    def forward(self, x):
        return super().forward(x), 'text'


def layers() -> list[nn.Module]:
    return [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)]


def test_results_in_lists_and_dicts():
    model = trained_a_little(Nested(*layers()))
    lighter = fused(model)
    assert not norms(lighter)
    images = torch.randn(1, 3, 9, 9)
    torch.testing.assert_close(lighter(images), model(images), atol=1e-5, rtol=1e-5)


def test_results_that_are_no_tensors():
    with pytest.raises(TypeError, match='the network gives str where tensors were expected'):
        fused(Other(*layers()))


def test_model_with_another_order_keeps_its_layers(caplog):
    model = trained_a_little(Swapped())
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING, logger.name):
        copied = fused(model)
    logger.removeHandler(caplog.handler)
    assert 'Batch normalisation stays apart: Swapped' in caplog.text
    assert len(norms(copied)) == 1
    images = torch.randn(1, 3, 9, 9)
    torch.testing.assert_close(copied(images), model(images), atol=0, rtol=0)


@pytest.mark.parametrize('build', [Swapped, lambda: Nested(*layers())])
def test_model_that_is_given_is_not_changed(build):
    """Neither its values nor their order in memory, whether or not its layers could be folded."""
    model = trained_a_little(build()).train()
    parameters = model.state_dict(keep_vars=True)
    before = {name: (value.clone(), value.stride()) for name, value in parameters.items()}
    in_fastest_format(fused(model), torch.bfloat16)
    after = model.state_dict(keep_vars=True)
    assert after.keys() == before.keys()
    for name, (value, stride) in before.items():
        assert after[name] is parameters[name]
        assert after[name].stride() == stride
        assert torch.equal(after[name], value)
    assert model.training
