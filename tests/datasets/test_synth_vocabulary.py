"""What is written."""

import string

import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth import Vocabulary, chinese_characters, find_fonts, make_vocabulary, read_words
from dbnetpp_plugin.datasets.synth.vocabulary import (
    ADDRESSES,
    KINDS,
    MAX_LENGTH,
    PRINTABLE,
    cased,
    invented_word,
    random_letters,
)
from dbnetpp_plugin.datasets.synth.words import ALPHABET


def draw(make, count=3000):
    rng = np.random.default_rng(0)
    return [make(rng) for _ in range(count)]


def test_varied_words_hold_every_printable_character():
    words = draw(Vocabulary().varied)
    assert set(''.join(words)) == set(PRINTABLE)
    assert all(1 <= len(word) <= MAX_LENGTH for word in words)
    assert len(set(words)) > 2000


def test_simple_words_hold_the_alphabet_alone():
    assert set(''.join(draw(Vocabulary().simple))) <= set(ALPHABET)


def test_shares_of_kinds():
    assert sum(KINDS.values()) == pytest.approx(1, abs=0.02)
    words = draw(Vocabulary(words=('banana',)).varied)
    # Words, marked words, and some addresses.
    assert np.mean(['banana' in word.lower() for word in words]) == pytest.approx(0.54, abs=0.03)
    assert np.mean([word.isdigit() for word in words]) > 0.02


def test_addresses_are_filled():
    rng = np.random.default_rng(0)
    vocabulary = Vocabulary(words=('Go',))
    found = {vocabulary._address(rng).lower() for _ in range(600)}
    assert {'go@go.com', 'www.go.com', 'http://go.com', 'go_go', '#go', 'www.go-go.net'} <= found
    assert len(found) >= len(ADDRESSES)


def test_foreign_words_hold_the_other_characters_alone():
    words = draw(Vocabulary(characters='αβγ').foreign, 300)
    assert set(''.join(words)) == set('αβγ')
    assert {len(word) for word in words} == set(range(1, 7))


def test_cases():
    rng = np.random.default_rng(0)
    found = {cased(rng, 'word') for _ in range(400)}
    assert {'WORD', 'Word', 'word'} < found
    assert {word.lower() for word in found} == {'word'}


def test_invented_words_and_letters():
    assert all(word.replace("'", '').isalpha() or not word for word in draw(invented_word, 300))
    letters = ''.join(draw(random_letters, 1000))
    assert set(letters) <= set(string.ascii_lowercase)
    assert letters.count('e') > 10 * letters.count('z')


def test_same_state_gives_the_same_words():
    vocabulary = Vocabulary()
    words = [[vocabulary.varied(rng) for _ in range(50)] for rng in map(np.random.default_rng, (1, 1, 2))]
    assert words[0] == words[1] != words[2]


def test_chinese_characters():
    characters = chinese_characters()
    assert (len(characters), len(set(characters))) == (3755, 3755)
    assert (characters[0], characters[-1]) == ('啊', '座')  # the ends of level 1 of GB 2312


def test_vocabulary_without_words():
    with pytest.raises(ValueError, match='needs at least one word, got none'):
        Vocabulary(words=())


def test_words_are_read(tmp_path):
    path = tmp_path / 'words.txt'
    path.write_text(f'Tea\nnaïve\n{"x" * 20}\n{"x" * 21}\n  two words \n\n', encoding='utf-8')
    assert read_words(path) == ('Tea', 'x' * 20, 'two', 'words')


def test_file_without_words(tmp_path):
    path = tmp_path / 'words.txt'
    path.write_text('ñ\n', encoding='utf-8')
    with pytest.raises(ValueError, match=rf'{path} holds no word of 1 to 20 printable ASCII characters'):
        read_words(path)


def test_vocabulary_of_files_and_characters(tmp_path):
    path = tmp_path / 'words.txt'
    path.write_text('banana')
    assert make_vocabulary(None, None, None) == Vocabulary()
    assert make_vocabulary(None, path, None).words == ('banana',)
    made = make_vocabulary(None, None, 'αβγ')
    assert (made.characters, made.fonts) == ('αβγ', find_fonts(None, 'αβγ'))


@pytest.mark.parametrize('characters', ['β δ', 'β\n', 'β\u200b'])
def test_characters_that_cannot_be_seen(characters):
    with pytest.raises(ValueError, match='characters should be printable and without spaces, got'):
        make_vocabulary(None, None, characters)


def test_script_that_no_font_has():
    with pytest.raises(FileNotFoundError, match=r'font with all of 啊.*\.\.\. \(3755 characters\)'):
        make_vocabulary(None, None, 'chinese')
