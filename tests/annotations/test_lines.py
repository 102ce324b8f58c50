"""Annotation files of one line a text."""

import pytest

from dbnetpp_plugin.annotations.lines import finite, read_lines


def test_lines_keep_their_numbers(tmp_path):
    (tmp_path / 'a.txt').write_bytes('\ufeffa,b\r\n\r\n  \nc\x85\u2028d\n'.encode())
    lines = list(read_lines(tmp_path / 'a.txt'))
    assert lines == [(f'{tmp_path}/a.txt, line 1', 'a,b'), (f'{tmp_path}/a.txt, line 4', 'c\x85\u2028d')]


def test_file_in_another_encoding(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'caf\xe9')
    with pytest.raises(ValueError, match=r'a\.txt is not UTF-8 text: .* at byte 3'):
        list(read_lines(tmp_path / 'a.txt'))


def test_finite():
    assert finite(['1', ' 2.5', 3]) == [1, 2.5, 3]
    with pytest.raises(TypeError):
        finite([None])
