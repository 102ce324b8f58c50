"""Chunks and shares of a list of images."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.bulk.sharding import Process, chunk_size, chunked, processes


@pytest.mark.parametrize(('count', 'batch_size', 'size'), [
    (0, 1, 1), (1, 1, 1), (127, 1, 1), (128, 1, 2), (4095, 1, 63), (4096, 1, 64), (1000000, 1, 64),
    (1, 8, 8), (1023, 8, 8), (1024, 8, 16), (1000000, 8, 64),
    (1000000, 24, 48),  # whole batches
    (1000000, 64, 64), (1000000, 65, 65), (1000000, 200, 200),  # one batch at least
])
def test_chunk_size(count, batch_size, size):
    assert chunk_size(count, batch_size) == size


@given(count=st.integers(0, 5000), batch_size=st.integers(1, 100), total=st.integers(1, 9))
def test_each_item_is_in_one_share(count, batch_size, total):
    items = range(count)
    chunks = chunked(items, batch_size)
    assert [item for chunk in chunks for item in chunk] == list(items)
    assert all(len(chunk) % batch_size == 0 for chunk in chunks[:-1])
    shares = [Process(rank, total).share_of(chunks) for rank in range(total)]
    assert sorted(item for share in shares for chunk in share for item in chunk) == list(items)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize('launcher', [None, 'none'])
def test_alone(monkeypatch, launcher):
    monkeypatch.setenv('WORLD_SIZE', '4')  # not by torchrun, which sets more
    with processes(launcher) as process:
        assert process == (0, 1)
        assert process.is_first
        assert process.from_first('word') == 'word'
        process.wait_for_all()


def test_first_of_several():
    assert [Process(rank, 3).is_first for rank in range(3)] == [True, False, False]
