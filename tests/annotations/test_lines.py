"""Annotation files of one line a text."""

import pytest

from dbnetpp_plugin.annotations.lines import finite, read_lines, split_line


def test_lines_keep_their_numbers(tmp_path):
    (tmp_path / 'a.txt').write_bytes('\ufeffa,b\r\n\r\n  \nc\x85\u2028d\n'.encode())
    lines = list(read_lines(tmp_path / 'a.txt'))
    assert lines == [(f'{tmp_path}/a.txt, line 1', 'a,b'), (f'{tmp_path}/a.txt, line 4', 'c\x85\u2028d')]


def test_file_in_another_encoding(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'caf\xe9')
    with pytest.raises(ValueError, match=r'a\.txt is not UTF-8 text: .* at byte 3'):
        list(read_lines(tmp_path / 'a.txt'))


@pytest.mark.parametrize(('line', 'texts', 'expected'), [
    ('1,-2.5,a', 1, ([1, -2.5], ['a'])),
    ('1,2,a,,b ', 1, ([1, 2], ['a,,b '])),
    ('1,2,', 1, ([1, 2], [''])),
    ('1,2,Latin,a,b', 2, ([1, 2], ['Latin', 'a,b'])),
    (' 1, 2 ', 0, ([1, 2], [])),
])
def test_split(line, texts, expected):
    assert split_line(line, 'a.txt, line 7', 2, texts, 'x,y') == expected


@pytest.mark.parametrize(('line', 'texts'), [('1,2', 1), ('1,2,3', 0), ('1,x,a', 1), ('1,nan,a', 1), ('1,inf,a', 1)])
def test_line_of_another_form(line, texts):
    with pytest.raises(ValueError, match=rf'^a\.txt, line 7: expected x,y,text, got {line!r}$'):
        split_line(line, 'a.txt, line 7', 2, texts, 'x,y,text')


def test_long_line_is_cut_in_the_message():
    with pytest.raises(ValueError, match=r'got .{80}$'):
        split_line('x' * 1000, 'a.txt, line 7', 2, 0, 'x,y')


def test_finite():
    assert finite(['1', ' 2.5', 3]) == [1, 2.5, 3]
    with pytest.raises(TypeError):
        finite([None])
