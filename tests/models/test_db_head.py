"""DBNetPPHead against MMOCR's head with the same weights, and at the ends of its numeric range."""

import math

import pytest
import torch
from mmengine.structures import PixelData
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample

from dbnetpp_plugin.models.heads import DBNetPPHead


def head(**options) -> DBNetPPHead:
    return DBNetPPHead(**{'in_channels': 16, 'module_loss': None, 'postprocessor': None, **options})


def features(seed: int = 0) -> torch.Tensor:
    return torch.randn(2, 16, 5, 7, generator=torch.Generator().manual_seed(seed))


def with_constant_logits(prob_logit: float, threshold_logit: float, **options) -> DBNetPPHead:
    model = head(**options).eval()
    for branch, value in ((model.binarize, prob_logit), (model.threshold, threshold_logit)):
        torch.nn.init.zeros_(branch[6].weight)
        torch.nn.init.constant_(branch[6].bias, value)
    return model


@torch.no_grad()
def test_weights_of_mmocr_load_and_give_the_same_maps():
    torch.manual_seed(0)
    theirs = MODELS.build(dict(type='DBHead', in_channels=16)).eval()
    ours = head().eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    for a, b in zip(ours(features(), mode='both'), theirs(features(), mode='both'), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_modes():
    model = head().eval()
    maps = model(features(), mode='both')
    assert [(m.shape, m.dtype) for m in maps] == [((2, 20, 28), torch.float32)] * 4
    logits, threshold_map, binary_map, prob_map = maps
    torch.testing.assert_close(prob_map, 1 / (1 + torch.exp(-logits)))
    torch.testing.assert_close(binary_map, 1 / (1 + torch.exp(-50 * (prob_map - threshold_map))))
    torch.testing.assert_close(model(features()), prob_map)
    torch.testing.assert_close(model(features(), mode='loss'), maps[:3])


def test_prediction_leaves_the_threshold_branch_alone():
    model = head().eval()
    calls = []
    model.threshold.register_forward_hook(lambda *_: calls.append(1))
    model(features())
    assert not calls
    model(features(), mode='loss')
    assert calls == [1]


@torch.no_grad()
def test_prediction_from_the_binary_map():
    from_probability, from_binary = head().eval(), head(predict_from='binary').eval()
    from_binary.load_state_dict(from_probability.state_dict(), strict=True)
    maps = from_probability(features(), mode='both')
    torch.testing.assert_close(from_binary(features()), maps[2], rtol=0, atol=0)
    for a, b in zip(from_binary(features(), mode='both'), maps, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@torch.no_grad()
def test_without_threshold_branch_there_are_logits_and_the_probability_map():
    whole, plain = head().eval(), head(with_threshold=False).eval()
    mismatch = plain.load_state_dict(whole.state_dict(), strict=False)
    assert not mismatch.missing_keys
    assert mismatch.unexpected_keys
    assert all(name.startswith('threshold.') for name in mismatch.unexpected_keys)
    logits, _, _, prob_map = whole(features(), mode='both')
    for mode, expected in (('predict', [prob_map]), ('loss', [logits]), ('both', [logits, prob_map])):
        maps = plain(features(), mode=mode)
        for a, b in zip([maps] if mode == 'predict' else maps, expected, strict=True):
            torch.testing.assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize('options', [{}, dict(predict_from='binary'), dict(with_threshold=False)], ids=str)
@torch.no_grad()
def test_inference_can_be_traced(options):
    model = head(**options).eval()
    traced = torch.jit.trace(model, features())
    other = torch.randn(1, 16, 6, 4, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(traced(other), model(other))


@pytest.mark.parametrize(('options', 'message'), [
    (dict(predict_from='threshold'), "knows predict_from='probability' and 'binary', but got 'threshold'"),
    (dict(predict_from='binary', with_threshold=False), "threshold branch for predict_from='binary', but got with_t"),
])
def test_map_that_nothing_can_be_predicted_from(options, message):
    with pytest.raises(ValueError, match=message):
        head(**options)


@pytest.mark.parametrize(('prob_logit', 'threshold_logit', 'k', 'expected'), [
    (100.0, -100.0, 50, 1.0),  # P - T = 1
    (-100.0, 100.0, 50, 1 / (1 + math.exp(50))),  # P - T = -1: below what half precision holds, not 0
    (-100.0, 100.0, 5000, 0.0),  # exp(5000) overflows in any precision
    (0.0, 0.0, 50, 0.5),
    (math.log(3), 0.0, 4, 1 / (1 + math.exp(-1))),  # P = 0.75, T = 0.5
])
@pytest.mark.parametrize('autocast', [False, True])
def test_binary_map(prob_logit, threshold_logit, k, expected, autocast):
    model = with_constant_logits(prob_logit, threshold_logit, k=k)
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=autocast):
        binary_map = model(features(), mode='loss')[2]
    # In half precision the logits themselves, log(3) here, are rounded.
    assert float(binary_map.detach().max()) == pytest.approx(expected, rel=0.01 if autocast else 1e-5)
    binary_map.sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)


def test_binary_map_is_not_quantised_under_autocast():
    # With P in bfloat16, whose steps around 0.7 are 2^-8, the exponent k (P - T) would move in steps of 0.2.
    model = head().eval()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        logits, threshold_map, binary_map = model(features(), mode='loss')
    assert {logits.dtype, threshold_map.dtype, binary_map.dtype} == {torch.float32}
    torch.testing.assert_close(torch.logit(binary_map, eps=1e-6),
                               50 * (logits.sigmoid() - threshold_map).clamp(-0.27, 0.27), rtol=0, atol=0.1)


@pytest.mark.parametrize('with_bias', [False, True])
def test_bias_of_the_first_convolutions(with_bias):
    names = {name for name, _ in head(with_bias=with_bias).named_parameters()}
    assert {'binarize.0.bias', 'threshold.0.bias'} <= names if with_bias else not {
        'binarize.0.bias', 'threshold.0.bias'} & names


def test_initial_values():
    torch.manual_seed(0)
    model = head(in_channels=256)
    model.init_weights()
    for branch in (model.binarize, model.threshold):
        # Kaiming with fan_in, which PyTorch takes from dimension 1, also for transposed convolutions.
        assert float(branch[0].weight.detach().std()) == pytest.approx((2 / (256 * 9)) ** 0.5, rel=0.02)
        assert float(branch[3].weight.detach().std()) == pytest.approx((2 / (64 * 4)) ** 0.5, rel=0.02)
        for norm in (branch[1], branch[4]):
            torch.testing.assert_close(norm.weight, torch.ones(64))
            torch.testing.assert_close(norm.bias, torch.full((64,), 1e-4))


@torch.no_grad()
def test_an_untrained_head_gives_almost_constant_maps():
    torch.manual_seed(0)
    model = head(in_channels=256)
    model.init_weights()
    logits, threshold_map, _ = model(torch.randn(2, 256, 12, 12) * 30, mode='loss')
    torch.testing.assert_close(logits.sigmoid(), torch.full_like(logits, 0.1), atol=0.05, rtol=0)
    torch.testing.assert_close(threshold_map, torch.full_like(threshold_map, 0.5), atol=0.1, rtol=0)


def test_a_checkpoint_in_init_cfg_is_not_overwritten(tmp_path):
    torch.manual_seed(0)
    saved = head(in_channels=256)
    torch.save(saved.state_dict(), tmp_path / 'head.pth')
    model = head(in_channels=256, init_cfg=dict(type='Pretrained', checkpoint=str(tmp_path / 'head.pth')))
    model.init_weights()
    torch.testing.assert_close(model.binarize[6].weight, saved.binarize[6].weight)


def sample(height: int, width: int) -> TextDetDataSample:
    data = TextDetDataSample(metainfo=dict(scale_factor=(1.0, 1.0)))
    data.gt_db_maps = PixelData(
        shrink_map=torch.ones(1, height, width, dtype=torch.uint8),
        shrink_mask=torch.ones(1, height, width, dtype=torch.uint8),
        threshold_map=torch.full((1, height, width), 0.3, dtype=torch.float16),
        threshold_mask=torch.ones(1, height, width, dtype=torch.uint8))
    return data


@pytest.mark.parametrize('method', ['loss', 'loss_and_predict'])
def test_losses_and_predictions(method):
    model = head(module_loss=dict(type='DBNetPPLoss'), postprocessor=dict(type='DBPostprocessor')).train()
    result = getattr(model, method)(features(), [sample(20, 28), sample(20, 28)])
    losses, predictions = result if method == 'loss_and_predict' else (result, None)
    assert set(losses) == {'loss_prob', 'loss_thr', 'loss_db'}
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in model.parameters())
    if predictions is not None:
        assert len(predictions) == 2
        assert 'polygons' in predictions[0].pred_instances


@pytest.mark.parametrize(('options', 'index'), [({}, 3), (dict(predict_from='binary'), 2),
                                                (dict(with_threshold=False), 1)], ids=str)
def test_text_is_found_in_the_map_to_predict_from(options, index):
    model = head(postprocessor=dict(type='DBPostprocessor'), **options).eval()
    seen = []
    model.postprocessor = lambda maps, samples: seen.append((maps, samples))
    model.module_loss = lambda maps, samples: {}
    model.predict(features(), ['samples'])
    model.loss_and_predict(features(), ['samples'])
    expected = model(features(), mode='both')[index]
    for maps, samples in seen:
        torch.testing.assert_close(maps, expected)
        assert samples == ['samples']
    assert len(seen) == 2


def test_unknown_mode():
    with pytest.raises(ValueError, match="'predict', 'loss' and 'both', but got 'train'"):
        head()(features(), mode='train')


@pytest.mark.parametrize('k', [0, -50])
def test_k_must_be_positive(k):
    with pytest.raises(ValueError, match=f'positive amplification factor k, but got {k}'):
        head(k=k)


def test_head_and_loss_agree_on_k_where_the_loss_reads_it():
    head(k=10, module_loss=dict(type='DBNetPPLoss'))
    head(k=10, module_loss=dict(type='DBNetPPLoss', weighting='paper', k=10))
    with pytest.raises(ValueError, match='has k=10, but its loss was configured for k=50'):
        head(k=10, module_loss=dict(type='DBNetPPLoss', weighting='paper'))


@pytest.mark.parametrize(('options', 'message'), [
    (dict(in_channels=1), 'a whole number of at least 4 for in_channels, but got 1'),
    (dict(in_channels=0), 'a whole number of at least 4 for in_channels, but got 0'),
    (dict(in_channels=-256), 'a whole number of at least 4 for in_channels, but got -256'),
    (dict(in_channels='256'), "a whole number of at least 4 for in_channels, but got '256'"),
    (dict(in_channels=256.0), r'a whole number of at least 4 for in_channels, but got 256\.0'),
    (dict(in_channels=True), 'a whole number of at least 4 for in_channels, but got True'),
    (dict(in_channels=[256]), r'a whole number of at least 4 for in_channels, but got \[256\]'),
    (dict(with_bias='Text'), "True or False for with_bias, but got 'Text'"),
    (dict(with_bias='False'), "True or False for with_bias, but got 'False'"),
    (dict(with_norm=1), 'True or False for with_norm, but got 1'),
    (dict(with_threshold=None), 'True or False for with_threshold, but got None'),
    (dict(k='50'), "a positive amplification factor k, but got '50'"),
    (dict(k=float('nan')), 'a positive amplification factor k, but got nan'),
    (dict(k=True), 'a positive amplification factor k, but got True'),
])
def test_arguments_that_nobody_can_have_meant(options, message):
    with pytest.raises(ValueError, match=f'DBNetPPHead needs {message}'):
        head(**options)
