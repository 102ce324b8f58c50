"""Text encoders of PP-OCR: shapes, gradients, and what a column sees. Their weights are tested by address."""

import pytest
import torch
from mmocr.registry import MODELS

ENCODERS = {
    'PPOCRv4Encoder': dict(in_channels=64, channels=16),
    'PPOCRv6Encoder': dict(in_channels=48, channels=16, kernel_size=5),
    'PPOCRv6TinyEncoder': dict(in_channels=24, channels=12),
}


@pytest.mark.parametrize('name', ENCODERS)
@pytest.mark.parametrize('columns', [1, 7, 40])
def test_shapes_and_gradients(name, columns):
    torch.manual_seed(0)
    encoder = MODELS.build(dict(type=name, **ENCODERS[name]))
    features = torch.randn(2, ENCODERS[name]['in_channels'], 1, columns, requires_grad=True)
    found = encoder(features)
    assert found.shape == (2, ENCODERS[name]['channels'], 1, columns)
    found.square().sum().backward()
    assert features.grad.abs().sum() > 0
    assert all(parameter.grad is not None for parameter in encoder.parameters())


@pytest.mark.parametrize(('name', 'everywhere'), [
    ('PPOCRv4Encoder', True), ('PPOCRv6Encoder', True), ('PPOCRv6TinyEncoder', False)])
def test_attention_sees_the_whole_line_and_convolutions_what_is_near(name, everywhere):
    torch.manual_seed(0)
    encoder = MODELS.build(dict(type=name, **ENCODERS[name])).eval()
    features = torch.randn(1, ENCODERS[name]['in_channels'], 1, 40)
    other = features.clone()
    other[..., 0] += 1
    with torch.no_grad():
        changed = (encoder(features) - encoder(other)).abs().amax(dim=1).flatten() > 0
    assert changed[0]
    assert changed[20:].any() == everywhere
