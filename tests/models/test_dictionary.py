"""A dictionary whose symbols may have several code points."""

import pytest
from mmocr.models.common.dictionary import Dictionary
from mmocr.registry import TASK_UTILS

from dbnetpp_plugin.models.dictionary import SymbolDictionary


@pytest.fixture
def file(tmp_path):
    (tmp_path / 'd.txt').write_text('a\n🇩🇪\n🇩\n \n.\n', encoding='utf-8')
    return str(tmp_path / 'd.txt')


def test_symbols_of_several_code_points(file):
    dictionary = TASK_UTILS.build(dict(type='SymbolDictionary', dict_file=file, with_padding=True))
    assert dictionary.dict == ['a', '🇩🇪', '🇩', ' ', '.', '<PAD>']
    assert (dictionary.num_classes, dictionary.padding_idx) == (6, 5)
    assert dictionary.str2idx('a🇩🇪 🇩.') == [0, 1, 3, 2, 4]
    assert dictionary.idx2str([0, 1, 3, 2, 4]) == 'a🇩🇪 🇩.'


def test_unknown_characters(file):
    with pytest.raises(Exception, match='b not in dict'):
        SymbolDictionary(file).str2idx('ab')
    dictionary = SymbolDictionary(file, with_unknown=True)
    assert dictionary.str2idx('ab') == [0, dictionary.unknown_idx]


def test_repeated_symbols_are_refused(tmp_path):
    (tmp_path / 'd.txt').write_text('a\nb\na\n', encoding='utf-8')
    with pytest.raises(ValueError, match=r"the symbol 'a' stands in .*d\.txt more than once"):
        SymbolDictionary(str(tmp_path / 'd.txt'))


@pytest.mark.parametrize('options', [{}, {'with_padding': True}, {'with_padding': True, 'with_unknown': True}])
def test_like_mmocr_where_symbols_are_characters(tmp_path, options):
    (tmp_path / 'd.txt').write_text('x\ny\n', encoding='utf-8')
    ours, theirs = (kind(str(tmp_path / 'd.txt'), **options) for kind in (SymbolDictionary, Dictionary))
    assert ours.dict == theirs.dict
    assert (ours.padding_idx, ours.unknown_idx, ours.end_idx) == (theirs.padding_idx, theirs.unknown_idx, None)
    assert ours.str2idx('yx') == theirs.str2idx('yx')
