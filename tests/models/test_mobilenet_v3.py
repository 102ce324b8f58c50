"""TorchvisionMobileNetV3 against torchvision's own network."""

import logging

import pytest
import torch
import torchvision
from mmengine.logging import MMLogger
from mmocr.registry import MODELS

from dbnetpp_plugin.models.backbones import TorchvisionMobileNetV3

# Channels behind the last layer of each stride, from tables 1 and 2 of the paper; the last is the 1x1 convolution.
CHANNELS = {'large': (24, 40, 112, 960), 'small': (16, 24, 48, 576)}


def torchvision_model(arch: str) -> torch.nn.Module:
    return torchvision.models.get_model(f'mobilenet_v3_{arch}', weights=None).eval()


@pytest.mark.parametrize('arch', CHANNELS)
@torch.no_grad()
def test_four_maps_at_strides_4_to_32(arch):
    model = TorchvisionMobileNetV3(arch).eval()
    maps = model(torch.zeros(2, 3, 65, 97))
    assert model.out_channels == CHANNELS[arch]
    # ceil(65 / s) x ceil(97 / s)
    sizes = [(17, 25), (9, 13), (5, 7), (3, 4)]
    assert [tuple(m.shape) for m in maps] == [(2, c, *s) for c, s in zip(CHANNELS[arch], sizes, strict=True)]


@pytest.mark.parametrize('arch', CHANNELS)
@torch.no_grad()
def test_equals_the_features_of_torchvision(arch):
    reference, model = torchvision_model(arch), TorchvisionMobileNetV3(arch).eval()
    model.load_state_dict(reference.state_dict(), strict=True)
    x = torch.randn(1, 3, 64, 64)
    torch.testing.assert_close(model(x)[-1], reference.features(x), rtol=0, atol=0)


def test_maps_are_the_last_of_their_size():
    model = TorchvisionMobileNetV3('large').eval()
    sizes = []
    for layer in model.features:
        layer.register_forward_hook(lambda _, __, out: sizes.append(out.shape[-1]))
    model(torch.zeros(1, 3, 64, 64))
    assert [i for i, (a, b) in enumerate(zip(sizes, [*sizes[1:], 0], strict=True)) if b < a][1:] == \
        list(model.out_layers)


@pytest.mark.parametrize('arch', CHANNELS)
def test_torchvision_checkpoint_loads_without_a_warning(arch, tmp_path, caplog):
    reference = torchvision_model(arch)
    torch.save(reference.state_dict(), tmp_path / 'weights.pth')
    model = MODELS.build(dict(type='TorchvisionMobileNetV3', arch=arch, init_cfg=dict(
        type='Pretrained', checkpoint=str(tmp_path / 'weights.pth'))))
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    try:
        model.init_weights()
    finally:
        logger.removeHandler(caplog.handler)
    assert caplog.records
    assert not [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    torch.testing.assert_close(model.state_dict()['features.0.0.weight'], reference.features[0][0].weight)


def test_a_missing_weight_is_still_an_error():
    state = TorchvisionMobileNetV3('small').state_dict()
    del state['features.3.block.0.0.weight']
    with pytest.raises(RuntimeError, match=r'Missing key.*features\.3\.block\.0\.0\.weight'):
        TorchvisionMobileNetV3('small').load_state_dict(state)


@pytest.mark.parametrize('name', ['mobilenet_v3_large', 'mobilenet_v3_large.imagenet1k_v2', 'mobilenet_v3_small'])
def test_documented_names_of_weights_exist(name):
    from mmengine.runner.checkpoint import get_torchvision_models
    assert get_torchvision_models()[name].startswith('https://download.pytorch.org/models/mobilenet_v3_')


def test_norm_momentum():
    def momenta(model: torch.nn.Module) -> set[float]:
        return {m.momentum for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)}
    assert momenta(TorchvisionMobileNetV3('small')) == {0.1}
    assert momenta(TorchvisionMobileNetV3('small', norm_momentum=0.03)) == {0.03}


def test_out_indices_build_only_what_they_need():
    model = TorchvisionMobileNetV3('large', out_indices=(2, 0))
    maps = model(torch.zeros(1, 3, 32, 32))
    assert [tuple(m.shape[1:]) for m in maps] == [(112, 2, 2), (24, 8, 8)]
    assert model.out_channels == (112, 24)
    assert len(model.features) == 13
    sum(m.sum() for m in maps).backward()
    assert all(p.grad is not None for p in model.parameters())
    model.load_state_dict(torchvision_model('large').state_dict(), strict=True)


# Layers frozen, of 17: nothing, the stem, up to strides 4, 8, 16, 32.
@pytest.mark.parametrize(('frozen_stages', 'layers'), [(-1, 0), (0, 1), (1, 4), (2, 7), (3, 13), (4, 17)])
def test_frozen_stages(frozen_stages, layers):
    model = TorchvisionMobileNetV3('large', frozen_stages=frozen_stages).eval().train()
    for i, layer in enumerate(model.features):
        assert all(p.requires_grad == (i >= layers) for p in layer.parameters())
        assert layer.training == (i >= layers)


def test_norm_eval_keeps_batch_norm_in_evaluation():
    model = TorchvisionMobileNetV3('small', norm_eval=True).train()
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms
    assert not any(m.training for m in norms)
    assert model.training


@pytest.mark.parametrize(('options', 'message'), [
    (dict(arch='medium'), "knows arch 'large' and 'small', but got 'medium'"),
    (dict(out_indices=(0, 4)), r'out_indices among 0, 1, 2, 3, but got \(0, 4\)'),
    (dict(out_indices=()), r'out_indices among 0, 1, 2, 3, but got \(\)'),
    (dict(frozen_stages=5), 'frozen_stages from -1 to 4, but got 5'),
    (dict(frozen_stages=-2), 'frozen_stages from -1 to 4, but got -2'),
])
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        TorchvisionMobileNetV3(**options)
