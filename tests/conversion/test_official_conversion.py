"""Checkpoints of the official code: every parameter arrives, and the network is the one they were trained in."""

from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from official_model import PREFIX, OfficialModel, official_shapes
from random_weights import random_state

from dbnetpp_plugin.conversion import OFFICIAL, convert_state_dict

CONFIGS = Path(__file__).parents[2] / 'configs'

# Depth, deformable or not, attention; and the config of that architecture.
CASES = {
    (50, True, 'scale_channel_spatial'): 'dbnetpp_r50_dcnv2_td500',
    (18, True, None): 'dbnet_r18_dcnv2_td500',
    (18, True, 'scale_channel_spatial'): 'dbnetpp_r18_dcnv2_td500',
    (18, True, 'scale_spatial'): 'ablations/dbnetpp_r18_dcnv2_td500_scale_spatial',
    (18, True, 'scale_channel'): 'ablations/dbnetpp_r18_dcnv2_td500_scale_channel',
    (50, False, None): 'dbnet_r50_td500',
    (18, False, 'scale_channel_spatial'): 'dbnetpp_r18_td500',
}


def build(name: str, settings: dict[str, Any]) -> Any:
    """Model of a config, with the options that converted weights ask for."""
    config = Config.fromfile(CONFIGS / f'{name}.py')
    config.merge_from_dict({**settings, 'model.backbone.init_cfg': None})
    return MODELS.build(config.model).eval()


@pytest.fixture(scope='module', params=CASES, ids=str)
def case(request):
    return CASES[request.param], random_state(official_shapes(*request.param))


@torch.no_grad()
def test_nothing_left_over_and_the_same_maps(case):
    config, official = case
    before = {name: values.clone() for name, values in official.items()}
    converted = convert_state_dict(official, OFFICIAL)
    assert set(converted.left_out) == {
        PREFIX + f'backbone.{layer}.{part}' for layer in ('fc', 'smooth') for part in ('weight', 'bias')}
    assert len(converted.state_dict) + len(converted.left_out) == len(official)
    assert all(torch.equal(official[name], values) for name, values in before.items())

    model = build(config, OFFICIAL.settings(converted.state_dict))
    model.load_state_dict(converted.state_dict, strict=True)
    images = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    reference = OfficialModel(official)
    features = model.extract_feat(images)
    for found, expected in (
        (model.det_head(features), reference.probability(images)),
        (model.det_head(features, mode='loss')[1], reference.probability(images, 'thresh')),
    ):
        assert 0.02 < expected.std() < 0.5
        assert expected.std(dim=0).mean() > 1e-3, 'the map must depend on the image'
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)


@torch.no_grad()
def test_strided_offsets_make_another_network_of_dcn_weights():
    official = random_state(official_shapes(50, True, 'scale_channel_spatial'))
    model = build('dbnetpp_r50_dcnv2_td500', {})
    model.load_state_dict(convert_state_dict(official, OFFICIAL).state_dict, strict=True)
    images = torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    expected = OfficialModel(official).probability(images)
    assert (model(images, mode='tensor') - expected).abs().max() > 0.01


def test_order_of_levels():
    # Input channel i of the source belongs to level i // 64, from coarse to fine.
    channels = torch.arange(256.).view(1, 256, 1, 1)
    fine_to_coarse = torch.cat([channels[:, 192:], channels[:, 128:192], channels[:, 64:128], channels[:, :64]], dim=1)
    state = {f'decoder.{name}.weight': channels for name in ('binarize.0', 'thresh.0', 'concat_attention.conv')}
    state['decoder.concat_attention.enhanced_attention.attention_wise.0.weight'] = torch.arange(4.).view(4, 1, 1, 1)
    converted = convert_state_dict(state, OFFICIAL).state_dict
    for name in ('det_head.binarize.0', 'det_head.threshold.0', 'neck.asf_conv.conv'):
        assert torch.equal(converted[f'{name}.weight'], fine_to_coarse)
    assert converted['neck.asf_attn.attention_wise.conv.weight'].flatten().tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize('prefix', ['', 'model.', 'module.', 'model.module.'])
def test_prefixes_of_wrappers(prefix):
    converted = convert_state_dict({f'{prefix}decoder.in5.weight': torch.ones(1)}, OFFICIAL)
    assert list(converted.state_dict) == ['neck.lateral_convs.3.conv.weight']


def test_threshold_that_sees_the_probability_map_is_refused():
    with pytest.raises(ValueError, match=r'decoder.thresh.0.weight of shape \(64, 257, 3, 3\) has 257 input channels'):
        convert_state_dict({'decoder.thresh.0.weight': torch.zeros(64, 257, 3, 3)}, OFFICIAL)


def test_attention_of_three_levels_is_refused():
    name = 'decoder.concat_attention.enhanced_attention.attention_wise.0.weight'
    with pytest.raises(ValueError, match=r'has 3 output channels, where each of 4 levels has one'):
        convert_state_dict({name: torch.zeros(3, 64, 1, 1)}, OFFICIAL)


def test_settings_that_the_weights_were_trained_with():
    plain, dcn = (convert_state_dict(random_state(official_shapes(18, dcn, None)), OFFICIAL).state_dict
                  for dcn in (False, True))
    assert 'model.backbone.dcn.offset_layout' not in OFFICIAL.settings(plain)
    assert OFFICIAL.settings(dcn)['model.backbone.dcn.offset_layout'] == 'dense'
    assert OFFICIAL.settings(dcn)['model.data_preprocessor.bgr_to_rgb'] is False
