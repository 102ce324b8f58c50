"""Balanced cross entropy, L1 and Dice against plain NumPy, at their ends, and against values worked out by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dbnetpp_plugin.models.losses import balanced_bce_with_logits, dice_loss, masked_l1_loss


def reference_bce(logits: np.ndarray, target: np.ndarray, mask: np.ndarray, ratio: float = 3) -> float:
    """The official code's formula with a sort; a batch without positives is a plain mean over its negatives."""
    x = logits.astype(np.float64)
    loss = np.where(target, np.logaddexp(0, -x), np.logaddexp(0, x))
    positive, negative = target & mask, ~target & mask
    n_hard = min(int(negative.sum()), int(positive.sum() * ratio)) if positive.any() else int(negative.sum())
    hardest = np.sort(loss[negative])[::-1][:n_hard]
    return (loss[positive].sum() + hardest.sum()) / max(int(positive.sum()) + n_hard, 1)


def tensors(*arrays) -> list[torch.Tensor]:
    return [torch.from_numpy(np.asarray(a)) for a in arrays]


PIXELS = st.lists(
    st.tuples(st.sampled_from([-2.0, -2.0, 0.5, 0.5, 3.0]) | st.floats(-200, 200, width=32), st.booleans(),
              st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(PIXELS, st.sampled_from([0, 1, 2.5, 3, 100]))
def test_balanced_bce_equals_sorting(pixels, ratio):
    logits, target, mask = (np.array(column) for column in zip(*pixels, strict=True))
    logits = logits.astype(np.float32)
    loss = balanced_bce_with_logits(*tensors(logits, target, mask), negative_ratio=ratio)
    assert float(loss) == pytest.approx(reference_bce(logits, target, mask, ratio), rel=1e-5, abs=1e-6)


def test_balanced_bce_gradient_equals_that_of_topk():
    torch.manual_seed(0)
    logits = torch.randn(2, 8, 8, requires_grad=True)
    target, mask = torch.rand(2, 8, 8) < 0.1, torch.rand(2, 8, 8) < 0.8
    balanced_bce_with_logits(logits, target, mask).backward()

    copy = logits.detach().clone().requires_grad_()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(copy, target.float(), reduction='none')
    n_positive = int((target & mask).sum())
    hardest = loss[~target & mask].topk(3 * n_positive).values
    ((loss[target & mask].sum() + hardest.sum()) / (4 * n_positive)).backward()
    torch.testing.assert_close(logits.grad, copy.grad)


def test_balanced_bce_by_hand():
    # One positive with loss log(2), and the three hardest of five negatives, log(1 + e^x) for x = 3, 2, 1.
    logits = torch.tensor([0.0, 1.0, 3.0, 2.0, -1.0, -2.0, 9.0])
    target = torch.tensor([True, False, False, False, False, False, False])
    mask = torch.tensor([True, True, True, True, True, True, False])
    expected = (math.log(2) + sum(math.log1p(math.exp(x)) for x in (3, 2, 1))) / 4
    assert float(balanced_bce_with_logits(logits, target, mask)) == pytest.approx(expected)


def test_balanced_bce_shares_the_gradient_among_ties():
    # One positive allows one negative; three are equally hard and take a third of its gradient each.
    logits = torch.zeros(4, requires_grad=True)
    target = torch.tensor([True, False, False, False])
    balanced_bce_with_logits(logits, target, torch.ones(4, dtype=torch.bool), negative_ratio=1).backward()
    # d/dx log(1 + e^x) = 1/2 at 0; the mean is over two pixels.
    torch.testing.assert_close(logits.grad, torch.tensor([-1 / 4, 1 / 12, 1 / 12, 1 / 12]))


def test_balanced_bce_without_positives_teaches_background():
    logits = torch.tensor([[-2.0, 1.0, 5.0]], requires_grad=True)
    mask = torch.tensor([[True, True, False]])
    loss = balanced_bce_with_logits(logits, torch.zeros(1, 3, dtype=torch.bool), mask)
    assert float(loss.detach()) == pytest.approx((math.log1p(math.exp(-2)) + math.log1p(math.exp(1))) / 2)
    loss.backward()
    assert (logits.grad[mask] > 0).all()
    assert not logits.grad[~mask].any()


def test_balanced_bce_with_enormous_logits():
    logits = torch.tensor([1e4, -1e4, 1e4, -1e4], requires_grad=True)
    target = torch.tensor([True, True, False, False])
    loss = balanced_bce_with_logits(logits, target, torch.ones(4, dtype=torch.bool))
    assert float(loss.detach()) == pytest.approx(2e4 / 4)
    loss.backward()
    torch.testing.assert_close(logits.grad, torch.tensor([0, -0.25, 0.25, 0]))


@pytest.mark.parametrize('masked', [False, True])
def test_a_nan_shows_in_the_loss(masked):
    logits = torch.tensor([0.0, 1.0, 2.0, -float('nan')])
    target = torch.tensor([True, False, False, False])
    mask = torch.tensor([True, True, True, not masked])
    assert balanced_bce_with_logits(logits, target, mask, negative_ratio=1).isnan()


def test_masked_l1_by_hand():
    pred = torch.tensor([0.5, 0.3, 0.9], requires_grad=True)
    target = torch.tensor([0.75, 0.25, 0.0], dtype=torch.float16)
    loss = masked_l1_loss(pred, target, torch.tensor([True, True, False]))
    assert float(loss.detach()) == pytest.approx((0.25 + 0.05) / 2)
    loss.backward()
    torch.testing.assert_close(pred.grad, torch.tensor([-0.5, 0.5, 0.0]))


def test_dice_by_hand():
    pred = torch.tensor([0.5, 1.0, 0.25, 1.0], requires_grad=True)
    target = torch.tensor([True, True, False, True])
    loss = dice_loss(pred, target, torch.tensor([True, True, True, False]))
    # Intersection 0.5 + 1, sums 0.5 + 1 + 0.25 and 2; derivative -2 (t U - I) / U^2 with U = 3.75.
    assert float(loss.detach()) == pytest.approx(1 - 2 * 1.5 / 3.75)
    loss.backward()
    slope = [-2 * (t * 3.75 - 1.5) / 3.75 ** 2 for t in (1, 1, 0)]
    torch.testing.assert_close(pred.grad, torch.tensor([*slope, 0.0]))


@pytest.mark.parametrize(('pred', 'expected'), [([1.0, 1.0, 0.0, 0.0], 0.0), ([0.0, 0.0, 1.0, 1.0], 1.0)])
def test_dice_at_its_ends(pred, expected):
    target = torch.tensor([True, True, False, False])
    assert float(dice_loss(torch.tensor(pred), target, torch.ones(4, dtype=torch.bool))) == pytest.approx(expected)


def test_dice_without_positives_is_zero():
    pred = torch.rand(2, 4, 4, requires_grad=True)
    loss = dice_loss(pred, torch.zeros(2, 4, 4, dtype=torch.bool), torch.ones(2, 4, 4, dtype=torch.bool))
    loss.backward()
    assert float(loss.detach()) == 0
    assert not pred.grad.any()


@pytest.mark.parametrize('function', [balanced_bce_with_logits, masked_l1_loss, dice_loss])
def test_nothing_valid_gives_zero_and_zero_gradients(function):
    pred = torch.rand(2, 4, 4, requires_grad=True)
    target = torch.rand(2, 4, 4) < 0.5
    loss = function(pred, target.float() if function is masked_l1_loss else target,
                    torch.zeros(2, 4, 4, dtype=torch.bool))
    loss.backward()
    assert float(loss.detach()) == 0
    assert pred.grad is not None
    assert not pred.grad.any()
