"""Lists of names in messages."""

import pytest

from dbnetpp_plugin.wording import few


@pytest.mark.parametrize(('names', 'expected'), [
    ([], ''),
    (['a'], 'a'),
    (['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'),
    (['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and 1 more'),
    (range(12), '0, 1, 2, 3, 4 and 7 more'),
])
def test_the_first_names_and_the_number_of_the_others(names, expected):
    assert few(names) == expected


def test_as_many_as_wanted():
    assert few(iter('abc'), 2) == 'a, b and 1 more'
