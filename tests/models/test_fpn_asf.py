"""FPNASF and its attentions against the formulas written out, and against MMOCR's neck with the same weights."""

import pytest
import torch
import torch.nn.functional as F
from mmocr.registry import MODELS
from torch import Tensor

from dbnetpp_plugin.models.necks import FPNASF

CHANNELS = (8, 12, 16, 20)
SIZES = {
    'multiples': ((16, 24), (8, 12), (4, 6), (2, 3)),
    'odd': ((17, 23), (9, 12), (5, 6), (3, 3)),
}
ATTENTIONS = ('scale_channel', 'scale_spatial', 'scale_channel_spatial')


def features(sizes: str = 'odd', batch: int = 2) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(batch, c, *size, generator=generator) for c, size in zip(CHANNELS, SIZES[sizes], strict=True)]


def neck(attention: str | None = 'scale_channel_spatial', inner_channels: int = 8) -> FPNASF:
    """A small neck in evaluation, whose weights are all random, also the bias and the statistics of its norms."""
    torch.manual_seed(0)
    asf = attention and dict(attention=attention, inner_channels=inner_channels)
    model = FPNASF(CHANNELS, lateral_channels=16, out_channels=4, asf=asf)
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.dim() == 4:
            torch.nn.init.normal_(tensor, std=tensor[0].numel() ** -0.5)
        elif tensor.is_floating_point():
            torch.nn.init.uniform_(tensor, 0.5, 1)
    return model.eval()


def up(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Nearest neighbour: output pixel i takes input pixel floor(i * input / output)."""
    rows, columns = (torch.arange(n) * have // n for n, have in zip(size, x.shape[-2:], strict=True))
    return x[:, :, rows][:, :, :, columns]


def reference_levels(weights: dict[str, Tensor], inputs: list[Tensor]) -> list[Tensor]:
    p = [F.conv2d(x, weights[f'lateral_convs.{i}.conv.weight']) for i, x in enumerate(inputs)]
    for i in (2, 1, 0):
        p[i] = p[i] + up(p[i + 1], p[i].shape[-2:])
    p = [F.conv2d(x, weights[f'smooth_convs.{i}.conv.weight'], padding=1) for i, x in enumerate(p)]
    return [up(x, p[0].shape[-2:]) for x in p]


def reference_weights(attention: str, w: dict[str, Tensor], x: Tensor) -> Tensor:
    """The weight maps of the three attentions, as DBNet++ and its official code define them."""
    def conv(x: Tensor, name: str, padding: int = 0) -> Tensor:
        return F.conv2d(x, w[f'asf_attn.{name}.conv.weight'], padding=padding)

    pooled = x.mean(dim=(2, 3), keepdim=True)
    if attention == 'scale_channel':
        statistics = [w[f'asf_attn.channel_wise.0.bn.{s}'] for s in ('running_mean', 'running_var', 'weight', 'bias')]
        return conv(F.batch_norm(conv(pooled, 'channel_wise.0'), *statistics).relu(), 'channel_wise.1').softmax(dim=1)
    y = x
    if attention == 'scale_channel_spatial':
        y = x + conv(conv(pooled, 'channel_wise.0').relu(), 'channel_wise.1').sigmoid()
    mean = y.mean(dim=1, keepdim=True)
    z = y + conv(conv(mean, 'spatial_wise.0', padding=1).relu(), 'spatial_wise.1').sigmoid()
    return conv(z, 'attention_wise').sigmoid()


def reference(attention: str, w: dict[str, Tensor], inputs: list[Tensor]) -> Tensor:
    levels = reference_levels(w, inputs)
    x = F.conv2d(torch.cat(levels, dim=1), w['asf_conv.conv.weight'], w['asf_conv.conv.bias'], padding=1)
    weights = reference_weights(attention, w, x)
    return torch.cat([weights[:, i:i + 1] * level for i, level in enumerate(levels)], dim=1)


@pytest.mark.parametrize('sizes', SIZES)
@pytest.mark.parametrize('attention', ATTENTIONS)
@torch.no_grad()
def test_equals_the_formula(attention, sizes):
    model = neck(attention)
    expected = reference(attention, model.state_dict(), features(sizes))
    torch.testing.assert_close(model(features(sizes)), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('attention', ATTENTIONS)
def test_gradients_equal_those_of_the_formula(attention):
    model = neck(attention)
    model(features()).square().sum().backward()
    copies = {name: p.detach().clone().requires_grad_() for name, p in model.named_parameters()}
    reference(attention, {**model.state_dict(), **copies}, features()).square().sum().backward()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.grad, copies[name].grad, rtol=1e-4, atol=1e-3)


@torch.no_grad()
def test_without_asf_concatenates_from_fine_to_coarse():
    model = neck(None)
    expected = torch.cat(reference_levels(model.state_dict(), features()), dim=1)
    torch.testing.assert_close(model(features()), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('sizes', SIZES)
@pytest.mark.parametrize('asf', [True, False])
@torch.no_grad()
def test_weights_of_mmocr_load_and_give_the_same_output(asf, sizes):
    torch.manual_seed(0)
    theirs = MODELS.build(dict(type='FPNC', in_channels=list(CHANNELS), lateral_channels=256,
                               asf_cfg=dict(attention_type='ScaleChannelSpatial') if asf else None)).eval().double()
    ours = MODELS.build(dict(
        type='FPNASF', in_channels=CHANNELS,
        asf=dict(attention='scale_channel_spatial', inner_channels=256) if asf else None)).eval().double()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    # In double precision, so that only the formula can differ, and not the order of additions.
    inputs = [x.double() for x in features(sizes)]
    torch.testing.assert_close(ours(inputs), theirs(inputs), rtol=1e-9, atol=1e-9)


def test_official_widths_by_default():
    shapes = {name: tuple(p.shape) for name, p in FPNASF((256, 512, 1024, 2048)).named_parameters()}
    assert shapes == {
        **{f'lateral_convs.{i}.conv.weight': (256, c, 1, 1) for i, c in enumerate((256, 512, 1024, 2048))},
        **{f'smooth_convs.{i}.conv.weight': (64, 256, 3, 3) for i in range(4)},
        'asf_conv.conv.weight': (64, 256, 3, 3),
        'asf_conv.conv.bias': (64,),
        'asf_attn.channel_wise.0.conv.weight': (16, 64, 1, 1),
        'asf_attn.channel_wise.1.conv.weight': (64, 16, 1, 1),
        'asf_attn.spatial_wise.0.conv.weight': (1, 1, 3, 3),
        'asf_attn.spatial_wise.1.conv.weight': (1, 1, 1, 1),
        'asf_attn.attention_wise.conv.weight': (4, 64, 1, 1),
    }


def test_initial_values():
    torch.manual_seed(0)
    model = FPNASF((64, 128, 256, 512))
    model.init_weights()
    # Kaiming: standard deviation sqrt(2 / fan); fan_in for the pyramid, fan_out inside the attention.
    assert float(model.smooth_convs[0].conv.weight.detach().std()) == pytest.approx((2 / (256 * 9)) ** 0.5, rel=0.02)
    assert float(model.lateral_convs[3].conv.weight.detach().std()) == pytest.approx((2 / 512) ** 0.5, rel=0.02)
    spread = float(model.asf_attn.channel_wise[1].conv.weight.detach().std())
    assert spread == pytest.approx((2 / 64) ** 0.5, rel=0.1)
    # The layer that weighs the scales starts small, so that every scale starts with a weight near a half.
    assert float(model.asf_attn.attention_wise.conv.weight.detach().std()) == pytest.approx(0.01, rel=0.15)
    assert not model.asf_conv.conv.bias.any()


@pytest.mark.parametrize('attention', [*ATTENTIONS, None])
@torch.no_grad()
def test_channels_last(attention):
    model = neck(attention)
    expected = model(features())
    model = model.to(memory_format=torch.channels_last)
    out = model([x.to(memory_format=torch.channels_last) for x in features()])
    assert out.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('attention', ATTENTIONS)
@torch.no_grad()
def test_autocast_stays_in_half_precision(attention):
    model = neck(attention)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        out = model(features())
    assert out.dtype == torch.bfloat16
    expected = model(features())
    assert float((out.float() - expected).abs().max() / expected.abs().max()) < 0.05


@pytest.mark.parametrize('attention', [*ATTENTIONS, None])
def test_autocast_on_cuda_stays_in_half_precision(attention, fake_cuda_autocast):
    # CUDA's autocast makes float32 of a softmax and of a resized map.
    with torch.device('cuda'):
        model = FPNASF(CHANNELS, asf=attention and dict(attention=attention)).eval()
        inputs = [torch.empty(2, c, *size) for c, size in zip(CHANNELS, SIZES['odd'], strict=True)]
        assert model(inputs).dtype == torch.float16


def test_inputs_are_not_changed():
    inputs, copies = features(), features()
    neck()(inputs)
    for x, copy in zip(inputs, copies, strict=True):
        torch.testing.assert_close(x, copy, rtol=0, atol=0)


def test_any_number_of_levels():
    model = FPNASF((8, 12), lateral_channels=16, out_channels=4, asf=dict(inner_channels=8))
    assert model(features()[:2]).shape == (2, 8, 17, 23)


@pytest.mark.parametrize('levels', [3, 5])
def test_wrong_number_of_inputs(levels):
    with pytest.raises(ValueError, match=f'made for 4 levels, but got {levels}'):
        neck()((features() * 2)[:levels])


def test_unknown_attention():
    with pytest.raises(ValueError, match='scale_channel, scale_spatial, scale_channel_spatial, but got \'spatial\''):
        FPNASF(CHANNELS, asf=dict(attention='spatial'))


@pytest.mark.parametrize(('channels', 'options', 'message'), [
    (256, {}, 'the channels of each level for in_channels, but got 256'),
    ([64, 0], {}, 'at least 1 for each level in in_channels, but got 0'),
    ([64, '128'], {}, "at least 1 for each level in in_channels, but got '128'"),
    (CHANNELS, dict(out_channels=0), 'at least 1 for the channels of each level in the output, but got 0'),
])
def test_channels_that_are_none(channels, options, message):
    with pytest.raises(ValueError, match=f'FPNASF needs .*{message}'):
        FPNASF(channels, **options)


def test_unknown_option_of_asf():
    with pytest.raises(TypeError, match='attention_type'):
        FPNASF(CHANNELS, asf=dict(attention_type='ScaleChannelSpatial'))
