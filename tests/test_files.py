"""Files are whole or not there."""

import pytest

from dbnetpp_plugin.files import atomic_write


def test_replaced_at_the_end(tmp_path):
    path = tmp_path / 'file.txt'
    path.write_text('old')
    with atomic_write(path) as temporary:
        temporary.write_text('new')
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize('error', [ValueError, KeyboardInterrupt])
def test_what_was_there_stays_after_an_error(tmp_path, error):
    path = tmp_path / 'file.txt'
    path.write_text('old')
    with pytest.raises(error):
        _fail(path, error)
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


def _fail(path, error):
    with atomic_write(path) as temporary:
        temporary.write_text('half')
        raise error
