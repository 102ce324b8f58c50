"""PP-OCR's backbones and necks: shapes, training in both forms, and what they refuse."""

import pytest
import torch
from mmocr.registry import MODELS

from dbnetpp_plugin.models.backbones import PPLCNetV3, PPLCNetV4
from dbnetpp_plugin.models.necks import RSEFPN, RepLKFPN

BACKBONES = {
    'v4 tiny': (dict(type='PPLCNetV4', arch='tiny'), (32, 48, 64, 160)),
    'v4 small': (dict(type='PPLCNetV4', arch='small'), (48, 96, 192, 384)),
    'v4 medium': (dict(type='PPLCNetV4', arch='medium'), (128, 256, 512, 896)),
    'v3 0.75': (dict(type='PPLCNetV3', scale=0.75), (12, 18, 42, 360)),
    'v3 1.0': (dict(type='PPLCNetV3', scale=1.0), (16, 24, 56, 480)),
}
NECKS = {'RSEFPN': dict(type='RSEFPN'), 'RepLKFPN': dict(type='RepLKFPN'), 'merged': dict(type='RepLKFPN', merged=True)}


def levels(channels=(8, 12, 16, 20), size=(32, 48)):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(2, c, size[0] >> i, size[1] >> i, generator=generator) for i, c in enumerate(channels)]


@pytest.mark.parametrize('merged', [False, True])
@pytest.mark.parametrize('name', BACKBONES)
def test_backbones_give_four_maps_and_train(name, merged):
    config, channels = BACKBONES[name]
    backbone = MODELS.build({**config, 'merged': merged})
    assert backbone.out_channels == channels
    maps = backbone(torch.randn(2, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [(2, c, 16 >> i, 24 >> i) for i, c in enumerate(channels)]
    sum(m.mean() for m in maps).backward()
    without = [name for name, parameter in backbone.named_parameters() if parameter.grad is None]
    assert not without


LINES = {
    'v4 tiny': (dict(type='PPLCNetV4', arch='tiny'), 160),
    'v4 small': (dict(type='PPLCNetV4', arch='small'), 384),
    'v3 0.95': (dict(type='PPLCNetV3', scale=0.95), 480),
}


@pytest.mark.parametrize('merged', [False, True])
@pytest.mark.parametrize('name', LINES)
def test_backbones_of_lines_give_a_row_and_train(name, merged):
    config, channels = LINES[name]
    backbone = MODELS.build({**config, 'merged': merged, 'recognition': True})
    assert backbone.out_channels == channels
    row = backbone(torch.randn(2, 3, 48, 320))
    assert row.shape == (2, channels, 1, 40)
    row.mean().backward()
    assert not [name for name, parameter in backbone.named_parameters() if parameter.grad is None]


@pytest.mark.parametrize('name', LINES)
def test_backbones_of_lines_merge(name):
    """The stem of some keeps its normalisation, as the published weights do."""
    torch.manual_seed(0)
    config, _ = LINES[name]
    backbone = MODELS.build({**config, 'recognition': True})
    backbone(torch.randn(4, 3, 48, 64))  # statistics other than those of initialisation
    backbone.eval()
    lines = torch.randn(1, 3, 48, 96)
    with torch.no_grad():
        expected = backbone(lines)
        torch.testing.assert_close(backbone.merge()(lines), expected, rtol=1e-3, atol=1e-4)
    merged = MODELS.build({**config, 'merged': True, 'recognition': True})
    assert backbone.state_dict().keys() == merged.state_dict().keys()


@pytest.mark.parametrize('name', NECKS)
@pytest.mark.parametrize('attention', [None, 'scale_channel', 'scale_spatial', 'scale_channel_spatial'])
def test_necks_fuse_with_and_without_asf_and_train(name, attention):
    asf = None if attention is None else dict(attention=attention, inner_channels=8)
    neck = MODELS.build(dict(NECKS[name], in_channels=[8, 12, 16, 20], out_channels=32, asf=asf))
    fused = neck(levels())
    assert fused.shape == (2, 32, 32, 48)
    fused.square().mean().backward()
    assert not [name for name, parameter in neck.named_parameters() if parameter.grad is None]


@pytest.mark.parametrize('name', NECKS)
def test_levels_are_concatenated_from_coarse_to_fine(name):
    """The coarsest level is smooth over blocks of 8 pixels, and comes first."""
    neck = MODELS.build(dict(NECKS[name], in_channels=[8, 12, 16, 20], out_channels=32)).eval()
    with torch.no_grad():
        first = neck(levels())[:, :8]
    blocks = first.unflatten(2, (4, 8)).unflatten(4, (6, 8))
    torch.testing.assert_close(blocks, blocks[:, :, :, :1, :, :1].expand_as(blocks))


@pytest.mark.parametrize('neck', [RSEFPN, RepLKFPN])
@pytest.mark.parametrize('attention', ['scale_spatial', 'scale_channel_spatial'])
def test_asf_can_start_as_the_identity(neck, attention):
    """Put into a trained DBNet, it changes nothing before it is trained."""
    torch.manual_seed(0)
    plain = neck([8, 12, 16, 20], 32).eval()
    fusing = neck([8, 12, 16, 20], 32, asf=dict(attention=attention, inner_channels=8, identity=True)).eval()
    fusing.init_weights()
    missing, unexpected = fusing.load_state_dict(plain.state_dict(), strict=False)
    assert not unexpected
    assert all(name.startswith('asf_') for name in missing)
    with torch.no_grad():
        torch.testing.assert_close(fusing(levels()), plain(levels()), rtol=1e-6, atol=1e-6)
    fusing(levels()).square().mean().backward()
    assert fusing.asf_attn.attention_wise.conv.weight.grad.abs().max() > 0


@pytest.mark.parametrize(('build', 'message'), [
    (lambda: PPLCNetV4('large'), 'PPLCNetV4 knows the architectures tiny, small, medium for detection'),
    (lambda: PPLCNetV4('medium', recognition=True), 'knows the architectures tiny, small for recognition, but got'),
    (lambda: PPLCNetV3(0), 'PPLCNetV3 needs a positive scale, but got 0'),
    (lambda: RSEFPN([8, 8, 8]), 'RSEFPN is made for 4 levels'),
    (lambda: RepLKFPN([8, 8, 8, 8], kernel_size=3), 'RepLKFPN knows the kernel sizes 5, 7, 9, but got 3'),
    (lambda: RSEFPN([8, 12, 16, 20], 32)(levels()[:3]), 'was made for 4 levels, but got 3'),
    (lambda: RSEFPN([8, 12, 16, 20], 32, asf=dict(attention='scale_channel', identity=True)),
     'scale_channel cannot start as the identity'),
])
def test_what_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
