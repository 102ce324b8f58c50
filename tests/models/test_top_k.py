"""top_k_weights against sorting."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.models.losses.top_k import top_k_weights

# Few different values, so that ties are common, and the ends of the range of float32.
VALUES = st.sampled_from([0.0, 1e-45, 1e-38, 0.1, 0.25, 0.25, 1.0, 3.0, 3.4e38]) | st.floats(0, 100, width=32)


@given(st.lists(st.tuples(VALUES, st.booleans()), min_size=1, max_size=40), st.floats(0, 1))
def test_weighted_sum_is_that_of_the_k_largest(elements, fraction):
    values = np.array([v for v, _ in elements], np.float32)
    among = np.array([a for _, a in elements])
    k = round(fraction * int(among.sum()))
    weights = top_k_weights(torch.from_numpy(values), torch.from_numpy(among), torch.tensor(k)).double().numpy()

    assert weights.sum() == pytest.approx(k)
    expected = np.sort(values[among].astype(np.float64))[::-1][:k].sum()
    assert (weights * values.astype(np.float64)).sum() == pytest.approx(expected, rel=1e-6)
    assert not weights[~among].any()
    assert ((weights >= 0) & (weights <= 1)).all()


@pytest.mark.parametrize(('k', 'expected'), [
    (0, [0, 0, 0, 0, 0]),
    (1, [0, 0, 1, 0, 0]),
    (2, [0, 1 / 3, 1, 1 / 3, 1 / 3]),
    (3, [0, 2 / 3, 1, 2 / 3, 2 / 3]),
    (4, [0, 1, 1, 1, 1]),
    (5, [1, 1, 1, 1, 1]),
])
def test_ties_share_what_is_left(k, expected):
    values = torch.tensor([0.5, 1.0, 2.0, 1.0, 1.0])
    weights = top_k_weights(values, torch.ones(5, dtype=torch.bool), torch.tensor(k))
    torch.testing.assert_close(weights, torch.tensor(expected, dtype=torch.float32))


def test_neighbouring_floats_are_told_apart():
    values = torch.tensor([1.0, np.nextafter(np.float32(1), np.float32(2)), 1.0])
    weights = top_k_weights(values, torch.ones(3, dtype=torch.bool), torch.tensor(1))
    assert weights.tolist() == [0, 1, 0]


@pytest.mark.parametrize('bits', [0x7FC00000, -0x400000])  # NaN as CUDA makes it, and as x86 does, with the sign set
def test_a_nan_is_never_overlooked(bits):
    nan = torch.tensor(bits, dtype=torch.int32).view(torch.float32)
    values = torch.stack([torch.tensor(5.0), nan, torch.tensor(float('inf'))])
    assert values.isnan().tolist() == [False, True, False]
    assert top_k_weights(values, torch.ones(3, dtype=torch.bool), torch.tensor(1)).tolist() == [0, 1, 0]


def test_shape_and_values_are_kept():
    values = torch.rand(2, 3, 4)
    copy = values.clone()
    weights = top_k_weights(values, values > 0.5, torch.tensor(2))
    assert weights.shape == values.shape
    torch.testing.assert_close(values, copy, rtol=0, atol=0)
