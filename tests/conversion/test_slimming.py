"""Weights without the state of their training."""

import pytest
import torch

from dbnetpp_plugin.conversion.slimming import halved, mean, slim_checkpoints


def test_mean_of_numbers_and_last_of_counters():
    states = {str(number): {'weight': torch.tensor(weight), 'steps': torch.tensor(number)}
              for number, weight in enumerate([[1.0, 2.0], [2.0, 4.0], [6.0, 0.0]])}
    found = mean(states)
    assert found['weight'].tolist() == [3.0, 2.0]
    assert found['steps'] == 2


@pytest.mark.parametrize(('values', 'dtype'), [
    (torch.ones(2, 2), torch.float16),
    (torch.full((2, 2), 65504.0), torch.float16),  # the largest number of 16 bits
    (torch.ones(2), torch.float32),  # a bias
    (torch.ones(2, 2, dtype=torch.int64), torch.int64),
])
def test_only_weights_are_halved(values, dtype):
    assert halved('x', values).dtype == dtype


def test_too_large_for_16_bits():
    with pytest.raises(ValueError, match='layer has values that 16 bits cannot hold'):
        halved('layer', torch.full((2, 2), 65536.0))


def test_after_an_error_the_file_is_as_before(tmp_path):
    torch.save({'state_dict': {'weight': torch.full((2, 2), 7e4)}}, tmp_path / 'in.pth')
    (tmp_path / 'out.pth').write_text('before')
    with pytest.raises(ValueError, match='16 bits'):
        slim_checkpoints([tmp_path / 'in.pth'], tmp_path / 'out.pth', half=True)
    assert (tmp_path / 'out.pth').read_text() == 'before'
