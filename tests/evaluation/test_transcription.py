"""Rules of reading, and lexicons."""

import zipfile

import numpy as np
import pytest

from dbnetpp_plugin.evaluation.lexicon import load_lexicon, nearest_word, with_lexicon
from dbnetpp_plugin.evaluation.text_image import TextImage
from dbnetpp_plugin.evaluation.transcription import reads, spotted_word


@pytest.mark.parametrize(('truth', 'read', 'same'), [
    ('Exit', 'EXIT', True),
    ('Exit', 'EXIST', False),
    ('Exit!', 'exit', True),
    ('Exit!', 'exit!', True),
    ('(Exit)', 'exit', True),
    ('(Exit)', '(exit', True),
    ('(Exit)', 'exit)', True),
    ('Exit', 'exit!', False),  # only of the truth
    ('Exit!!', 'exit', False),  # one mark
    ('Exit!!', 'exit!', True),
    ("it's", 'its', False),  # only at the ends
    ('.', '', True),
    ('', '', True),
    ('', 'a', False),
    ('straße', 'STRASSE', True),
])
def test_end_to_end(truth, read, same):
    assert reads(truth, read) is same


@pytest.mark.parametrize(('text', 'word'), [
    ('Exit', 'Exit'),
    ('Exit!', 'Exit'),
    ('"Exit"', 'Exit'),
    ("Joe's", 'Joe'),
    ("JOE'S", 'JOE'),
    ('-way-', 'way'),
    ('one-way', 'one-way'),
    ('Café', 'Café'),
    ('ab', None),
    ("ab's", None),
    ('', None),
    ('###', None),
    ('B52', None),
    ("O'Neil", None),  # two parts
    ('a.b', None),
    ('two words', None),
    ('a\N{MULTIPLICATION SIGN}b', None),
    ('出口出口', None),
])
def test_word_spotting(text, word):
    assert spotted_word(text) == word


def test_nearest_word():
    words = ['Coffee', 'Copy', 'Toffee']
    assert nearest_word('COFFE', words) == 'Coffee'
    assert nearest_word('xoffee', words) == 'Coffee'  # the first of two
    assert nearest_word('coxxee', words, max_distance=1) is None
    assert nearest_word('coxxee', words, max_distance=2) == 'Coffee'
    assert nearest_word('anything', []) is None


def test_with_lexicon_leaves_out_what_is_too_far():
    polygons = [np.full((4, 2), index, float) for index in range(3)]
    found = TextImage('', polygons, np.zeros(3, bool), np.array([0.1, 0.2, 0.3]), ['exlt', 'zzzz', 'WAY'])
    read = with_lexicon(found, ['Exit', 'Way'], max_distance=1)
    assert list(read.texts) == ['Exit', 'Way']
    assert read.scores.tolist() == [0.1, 0.3]
    assert [polygon[0, 0] for polygon in read.polygons] == [0, 2]
    assert len(found) == 3


def test_one_list_for_all_images(tmp_path):
    (tmp_path / 'words.txt').write_text('\ufeffone\r\ntwo\n\n', encoding='utf-8')
    assert load_lexicon(tmp_path / 'words.txt')('any image') == ['one', 'two']


def test_a_list_for_each_image(tmp_path):
    with zipfile.ZipFile(tmp_path / 'words.zip', 'w') as archive:
        archive.writestr('voc_img_1.txt', 'one\n')
        archive.writestr('voc_img_2.txt', 'two\n')
    words = load_lexicon(tmp_path / 'words.zip')
    assert words('gt_img_2.txt') == ['two']
    with pytest.raises(ValueError, match=r'words\.zip has no word list for gt_img_3\.txt'):
        words('gt_img_3.txt')


def test_lists_that_cannot_be_told_apart(tmp_path):
    for name in ('voc_1.txt', 'words_1.txt'):
        (tmp_path / name).write_text('one')
    with pytest.raises(ValueError, match=r'words_1\.txt: expected a number in its name that no other word list has'):
        load_lexicon(tmp_path)
