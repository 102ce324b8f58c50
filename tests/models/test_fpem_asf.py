"""FPEMASF: MMOCR's enhancement, then the fusion of FPNASF with the same weights."""

import pytest
import torch
from mmocr.registry import MODELS

from dbnetpp_plugin.models.necks import FPEMASF, FPNASF

CHANNELS = (8, 12, 16, 20)
SIZES = ((17, 23), (9, 12), (5, 6), (3, 3))


def features(batch: int = 2) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(batch, c, *size, generator=generator) for c, size in zip(CHANNELS, SIZES, strict=True)]


def neck(**options) -> FPEMASF:
    torch.manual_seed(0)
    return FPEMASF(CHANNELS, **{'out_channels': 4, 'asf': dict(inner_channels=8), **options})


@pytest.mark.parametrize('repeats', [1, 3])
@torch.no_grad()
def test_without_asf_it_is_what_mmocr_gives_concatenated(repeats):
    ours = neck(asf=None, repeats=repeats).eval()
    theirs = MODELS.build(dict(type='FPEM_FFM', in_channels=list(CHANNELS), conv_out=4, fpem_repeat=repeats)).eval()
    theirs.load_state_dict({k.removeprefix('enhance.'): v for k, v in ours.state_dict().items()}, strict=True)
    torch.testing.assert_close(ours(features()), torch.cat(theirs(features()), dim=1), rtol=0, atol=0)


@pytest.mark.parametrize('attention', ['scale_channel', 'scale_spatial', 'scale_channel_spatial'])
@torch.no_grad()
def test_each_level_is_multiplied_by_the_weights_that_the_attention_gives(attention):
    model = neck(asf=dict(attention=attention, inner_channels=8)).eval()
    levels = model.enhance(features())
    weights = model.asf_attn(model.asf_conv(torch.cat(levels, dim=1)))
    expected = torch.cat([level * weights[:, i:i + 1] for i, level in enumerate(levels)], dim=1)
    torch.testing.assert_close(model(features()), expected)
    assert expected.shape == (2, 16, 17, 23)


def test_fusion_has_the_parameters_that_it_has_in_fpnasf():
    def fusion(model: torch.nn.Module) -> dict[str, torch.Size]:
        return {name: p.shape for name, p in model.named_parameters() if name.startswith('asf_')}

    assert fusion(FPEMASF(CHANNELS)) == fusion(FPNASF(CHANNELS)) != {}


def test_gradients_reach_every_parameter():
    model = neck(repeats=2)
    model.init_weights()
    model(features()).square().sum().backward()
    assert not [name for name, p in model.named_parameters() if p.grad is None]


def test_initial_values():
    torch.manual_seed(0)
    model = FPEMASF((64, 128, 256, 512))
    model.init_weights()
    assert float(model.asf_attn.attention_wise.conv.weight.detach().std()) == pytest.approx(0.01, rel=0.15)
    # Kaiming with fan_in in the fusion, and MMOCR's own (Xavier, uniform) in the enhancement.
    assert float(model.asf_conv.conv.weight.detach().std()) == pytest.approx((2 / (256 * 9)) ** 0.5, rel=0.02)
    assert float(model.enhance.reduce_conv_c5[0].weight.detach().abs().max()) <= (6 / (512 + 64)) ** 0.5


def test_autocast_on_cuda_stays_in_half_precision(fake_cuda_autocast):
    with torch.device('cuda'):
        inputs = [torch.empty(2, c, *size) for c, size in zip(CHANNELS, SIZES, strict=True)]
        assert neck().eval()(inputs).dtype == torch.float16


@pytest.mark.parametrize(('options', 'message'), [
    (dict(repeats=0), 'one FPEM or more, but got repeats=0'),
    (dict(asf=dict(attention='spatial')), "FPEMASF knows the attentions scale_channel, .*, but got 'spatial'"),
    (dict(in_channels=(8, 12)), r'enhances 4 levels, but got in_channels=\(8, 12\)'),
])
def test_options_that_cannot_be(options, message):
    with pytest.raises(ValueError, match=message):
        FPEMASF(**{'in_channels': CHANNELS, **options})


def test_wrong_number_of_inputs():
    with pytest.raises(ValueError, match='FPEMASF was made for 4 levels, but got 3'):
        neck()(features()[:3])
