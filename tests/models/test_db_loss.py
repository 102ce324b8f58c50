"""DBNetPPLoss: what it adds up, in which precision, and that the host never waits for the device."""

import pytest
import torch
from mmengine.structures import PixelData
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from dbnetpp_plugin.models.losses import DBNetPPLoss, balanced_bce_with_logits, top_k

SIZE = (16, 24)


def batch(images: int = 2, text: float = 0.1, valid: float = 0.9, seed: int = 0):
    """Logits of both branches, and data samples with random maps of which the given shares are text and valid."""
    generator = torch.Generator().manual_seed(seed)

    def share(fraction: float) -> torch.Tensor:
        return (torch.rand(1, *SIZE, generator=generator) < fraction).to(torch.uint8)

    samples = []
    for _ in range(images):
        sample = TextDetDataSample()
        sample.gt_db_maps = PixelData(
            shrink_map=share(text), shrink_mask=share(valid), threshold_mask=share(0.3 * valid),
            threshold_map=(0.3 + 0.4 * torch.rand(1, *SIZE, generator=generator)).half())
        samples.append(sample)
    logits = [torch.randn(images, *SIZE, generator=generator).requires_grad_() for _ in range(2)]
    return logits, samples


def predictions(logits: list[torch.Tensor], k: float = 50) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    threshold = logits[1].sigmoid()
    return logits[0], threshold, torch.sigmoid(k * (logits[0].sigmoid() - threshold))


def stacked(samples: list[TextDetDataSample], name: str) -> torch.Tensor:
    return torch.cat([sample.gt_db_maps.get(name) for sample in samples]).float()


def test_official_weighting_equals_the_three_losses_of_mmocr():
    logits, samples = batch()
    prob_logits, threshold, binary = predictions(logits)
    losses = DBNetPPLoss()((prob_logits, threshold, binary), samples)
    text, mask = stacked(samples, 'shrink_map'), stacked(samples, 'shrink_mask')
    bce, l1, dice = (MODELS.build(cfg) for cfg in (
        dict(type='MaskedBalancedBCEWithLogitsLoss'), dict(type='MaskedSmoothL1Loss', beta=0),
        dict(type='MaskedDiceLoss')))
    torch.testing.assert_close(losses['loss_prob'], 5 * bce(prob_logits, text, mask), rtol=1e-5, atol=0)
    torch.testing.assert_close(losses['loss_thr'], 10 * l1(threshold, stacked(samples, 'threshold_map'),
                                                           stacked(samples, 'threshold_mask')), rtol=1e-5, atol=0)
    torch.testing.assert_close(losses['loss_db'], dice(binary, text, mask), rtol=1e-5, atol=0)


def test_paper_weighting():
    logits, samples = batch()
    preds = predictions(logits, k=10)
    losses = DBNetPPLoss(weighting='paper', k=10)(preds, samples)
    text, mask = stacked(samples, 'shrink_map').bool(), stacked(samples, 'shrink_mask').bool()
    official = DBNetPPLoss()(preds, samples)
    torch.testing.assert_close(losses['loss_prob'], official['loss_prob'] / 5)
    torch.testing.assert_close(losses['loss_thr'], official['loss_thr'])
    torch.testing.assert_close(losses['loss_db'], balanced_bce_with_logits(torch.logit(preds[2]), text, mask),
                               rtol=1e-4, atol=0)


def test_paper_weighting_still_teaches_where_the_binary_map_is_saturated():
    # P = 0.99 and T = 0.3 on background: B rounds to 1, whose cross entropy has neither a value nor a gradient.
    _, samples = batch(text=0)
    logits = [torch.full((2, *SIZE), x, requires_grad=True) for x in (4.6, -0.85)]
    preds = predictions(logits)
    assert (preds[2] == 1).all()
    loss = DBNetPPLoss(weighting='paper')(preds, samples)['loss_db']
    assert float(loss.detach()) == pytest.approx(50 * float((preds[0].sigmoid() - preds[1]).detach().mean()), rel=1e-4)
    loss.backward()
    assert (logits[0].grad.sum(), logits[1].grad.sum()) > (0, 0)


@pytest.mark.parametrize('weighting', ['official', 'paper'])
def test_explicit_weights(weighting):
    logits, samples = batch()
    plain = DBNetPPLoss(weighting, weight_prob=1, weight_thr=1, weight_db=1)(predictions(logits), samples)
    losses = DBNetPPLoss(weighting, weight_prob=2, weight_thr=3, weight_db=0.5)(predictions(logits), samples)
    torch.testing.assert_close(losses['loss_prob'], 2 * plain['loss_prob'])
    torch.testing.assert_close(losses['loss_thr'], 3 * plain['loss_thr'])
    torch.testing.assert_close(losses['loss_db'], 0.5 * plain['loss_db'])


@pytest.mark.parametrize('weighting', ['official', 'paper'])
@pytest.mark.parametrize('name', ['prob', 'thr', 'db'])
def test_a_loss_of_weight_zero_is_left_out_and_changes_no_other(weighting, name):
    logits, samples = batch()
    expected = DBNetPPLoss(weighting)(predictions(logits), samples)
    losses = DBNetPPLoss(weighting, **{f'weight_{name}': 0})(predictions(logits), samples)
    assert set(losses) == set(expected) - {f'loss_{name}'}
    for key, loss in losses.items():
        torch.testing.assert_close(loss, expected[key], rtol=0, atol=0)


def test_without_threshold_supervision_the_threshold_map_learns_from_the_binary_map():
    logits, samples = batch()
    sum(DBNetPPLoss(weight_thr=0)(predictions(logits), samples).values()).backward()
    assert logits[1].grad.any()


@pytest.mark.parametrize('weighting', ['official', 'paper'])
def test_logits_alone_have_the_loss_of_the_probability_map_alone(weighting):
    logits, samples = batch()
    expected = DBNetPPLoss(weighting)(predictions(logits), samples)['loss_prob']
    losses = DBNetPPLoss(weighting)((logits[0],), samples)
    assert set(losses) == {'loss_prob'}
    torch.testing.assert_close(losses['loss_prob'], expected, rtol=0, atol=0)


def test_negative_weight():
    with pytest.raises(ValueError, match='weights of 0 or more, but got weight_prob=None, weight_thr=-1 and weight_db'):
        DBNetPPLoss(weight_thr=-1)


def test_negative_ratio():
    logits, samples = batch(valid=1.1)
    losses = DBNetPPLoss(negative_ratio=1, weight_prob=1)(predictions(logits), samples)
    text = stacked(samples, 'shrink_map').bool()
    expected = balanced_bce_with_logits(logits[0], text, torch.ones_like(text), negative_ratio=1)
    torch.testing.assert_close(losses['loss_prob'], expected)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
@pytest.mark.parametrize('weighting', ['official', 'paper'])
def test_half_precision_predictions_are_taken_in_float32(weighting, dtype):
    logits, samples = batch()
    preds = tuple(p.to(dtype) for p in predictions(logits))
    with torch.autocast('cpu', dtype=dtype):
        half = DBNetPPLoss(weighting)(preds, samples)
    full = DBNetPPLoss(weighting)(tuple(p.float() for p in preds), samples)
    for name, loss in half.items():
        assert loss.dtype == torch.float32
        torch.testing.assert_close(loss, full[name], rtol=0, atol=0)


@pytest.mark.parametrize('weighting', ['official', 'paper'])
@pytest.mark.parametrize('scale', [1e4, -1e4])
def test_extreme_predictions_stay_finite(scale, weighting):
    logits, samples = batch()
    extreme = [(x.detach() * scale).requires_grad_() for x in logits]
    losses = DBNetPPLoss(weighting)(predictions(extreme), samples)
    sum(losses.values()).backward()
    assert all(loss.isfinite() for loss in losses.values())
    assert all(x.grad.isfinite().all() for x in extreme)


@pytest.mark.parametrize('weighting', ['official', 'paper'])
def test_ignored_batch_gives_zero_losses_with_zero_gradients(weighting):
    logits, samples = batch(valid=0)
    losses = DBNetPPLoss(weighting)(predictions(logits), samples)
    sum(losses.values()).backward()
    assert [float(loss.detach()) for loss in losses.values()] == [0, 0, 0]
    assert not any(x.grad.any() for x in logits)


def test_batch_without_text_teaches_background_to_the_probability_map_alone():
    logits, samples = batch(text=0)
    for sample in samples:
        sample.gt_db_maps.threshold_mask = torch.zeros_like(sample.gt_db_maps.threshold_mask)
    losses = DBNetPPLoss()(predictions(logits), samples)
    sum(losses.values()).backward()
    mask = stacked(samples, 'shrink_mask').bool()
    expected = 5 * torch.nn.functional.softplus(logits[0])[mask].mean()
    torch.testing.assert_close(losses['loss_prob'], expected)
    assert (logits[0].grad[mask] > 0).all()
    assert not logits[0].grad[~mask].any()
    assert float(losses['loss_thr'].detach()) == float(losses['loss_db'].detach()) == 0
    assert not logits[1].grad.any()


@pytest.mark.parametrize('weighting', ['official', 'paper'])
def test_the_host_never_waits_for_the_device(monkeypatch, weighting):
    # Fake tensors have no values: whatever would read one on the host, or let it decide a shape, raises. Fake ones of a
    # GPU have no backward pass where there is no GPU, so these are of the CPU, but sorted as on a GPU.
    monkeypatch.setattr(top_k, '_sorted', lambda keys: keys.sort().values)
    with FakeTensorMode():
        logits, samples = batch()
        losses = DBNetPPLoss(weighting)(predictions(logits), samples)
        sum(losses.values()).backward()
        with pytest.raises(DataDependentOutputException):
            bool(losses['loss_prob'] > 0)


def test_neither_predictions_nor_maps_are_changed():
    logits, samples = batch()
    preds = [p.detach().requires_grad_() for p in predictions(logits)]
    before = [p.detach().clone() for p in preds] + [v.clone() for s in samples for v in s.gt_db_maps.values()]
    DBNetPPLoss()(tuple(preds), samples)
    after = [*preds, *(v for s in samples for v in s.gt_db_maps.values())]
    for a, b in zip(after, before, strict=True):
        torch.testing.assert_close(a.detach(), b, rtol=0, atol=0)


def test_unknown_weighting():
    with pytest.raises(ValueError, match="'official' and 'paper', but got 'mmocr'"):
        DBNetPPLoss('mmocr')


def test_samples_without_maps():
    logits, samples = batch()
    with pytest.raises(ValueError, match='no gt_db_maps in data sample 1: end the training pipeline with GenerateDBT'):
        DBNetPPLoss()(predictions(logits), [samples[0], TextDetDataSample()])


def test_maps_of_another_size():
    logits, samples = batch()
    preds = tuple(p[..., :-4] for p in predictions(logits))
    with pytest.raises(ValueError, match=r'of size \(16, 24\) in data sample 0 for predictions of size \(16, 20\)'):
        DBNetPPLoss()(preds, samples)


def test_another_number_of_samples():
    logits, samples = batch()
    with pytest.raises(ValueError, match='got 1 data samples for predictions of 2 images'):
        DBNetPPLoss()(predictions(logits), samples[:1])
