"""Options: their ranges, and that each has an effect."""

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth import PLAIN, RICH, PageOptions, find_fonts, find_photographs, make_vocabulary
from dbnetpp_plugin.datasets.synth.options import with_changes
from dbnetpp_plugin.datasets.synth.page import render_page
from dbnetpp_plugin.datasets.synth.word_crop import render_word

DOCUMENTATION = Path(__file__).parents[2] / 'docs' / 'synthetic_text.md'
FONTS, PHOTOGRAPHS = find_fonts(), find_photographs()['train']
GREEK = make_vocabulary(None, None, 'αβγδε')
OTHERS = {
    'max_blocks': (1, 30), 'max_lines': (1, 6), 'max_words': (1, 6), 'text_size': ((10, 0.1), (30, 0.5)),
    'small': ((1, 5), (5, 1)), 'max_lean': (0.0, 90.0), 'stretch': ((0.5, 0.6), (1.4, 1.5)), 'icons': (0.0, 20.0),
}
BASE = replace(RICH, without_text=0.0, on_board=0.8)


def pages(options):
    return [render_page(np.random.default_rng(seed), FONTS, PHOTOGRAPHS, (256, 192), options, vocabulary=GREEK)
            for seed in range(3)]


def instances(options):
    return [instance for _, found in pages(options) for instance in found]


@pytest.mark.parametrize('name', [field.name for field in fields(PageOptions)])
def test_every_option_has_an_effect(name):
    low, high = (pages(replace(BASE, **{name: value})) for value in OTHERS.get(name, (0.0, 1.0)))
    assert any(not np.array_equal(one, other) or found != same
               for (one, found), (other, same) in zip(low, high, strict=True))


IN_CROPS = {'varied_words', 'other_script', 'tracked', 'bold', 'low_contrast', 'textured', 'hollow', 'patterns',
            'shadows', 'blurred', 'compressed', 'toned'}


def crops(options):
    return [render_word(np.random.default_rng(seed), FONTS, PHOTOGRAPHS, options, vocabulary=GREEK)
            for seed in range(12)]


@pytest.mark.parametrize('name', [field.name for field in fields(PageOptions)])
def test_options_that_crops_of_words_follow(name):
    low, high = (crops(replace(BASE, **{name: value})) for value in OTHERS.get(name, (0.0, 1.0)))
    differ = any(not np.array_equal(one, other) or text != same
                 for (one, text), (other, same) in zip(low, high, strict=True))
    assert differ == (name in IN_CROPS)


def test_documentation_lists_every_option_and_its_values():
    def shown(value):
        return ', '.join(map(shown, value)) if isinstance(value, tuple) else f'{value:g}'

    rows = re.findall(r'^\| `(\w+)` \| ([\d., ]+) \| ([\d., ]+) \| \S.* \|$', DOCUMENTATION.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(
        (field.name, shown(getattr(PLAIN, field.name)), shown(getattr(RICH, field.name))) for field in fields(PLAIN))


def test_pages_without_text():
    assert not instances(replace(BASE, without_text=1.0))
    assert instances(replace(BASE, without_text=0.0))


@pytest.mark.parametrize(('share', 'expected'), [(0.0, {4}), (1.0, {12})])
def test_share_of_bent_text(share, expected):
    assert {len(one['polygon']) // 2 for one in instances(replace(BASE, bent=share))} == expected


def test_illegible_text_is_ignored():
    assert all(one['ignore'] for one in instances(replace(BASE, illegible=1.0)))
    assert not all(one['ignore'] for one in instances(replace(BASE, illegible=0.0)))


def test_dense_pages_hold_more():
    assert len(instances(replace(BASE, dense=1.0))) > 1.5 * len(instances(replace(BASE, dense=0.0)))


def test_share_of_another_script():
    texts = [''.join(one['text'] for one in instances(replace(BASE, other_script=share))) for share in (0.0, 1.0)]
    assert not set(texts[0]) & set('αβγδε')
    assert set(texts[1]) <= set('αβγδε#')


def test_changes_by_name():
    assert with_changes(RICH, {}) == RICH
    assert with_changes(PLAIN, {'bent': 0.5, 'max_words': 7}) == replace(PLAIN, bent=0.5, max_words=7)


def test_unknown_option():
    with pytest.raises(ValueError, match=r'options should be among bent, blurred, .*without_text, got bend, bold_$'):
        with_changes(RICH, {'bend': 0.5, 'bold_': 1, 'bold': 1.0})


@pytest.mark.parametrize(('name', 'value', 'message'), [
    ('bent', 1.1, 'bent should be a share from 0 to 1, got 1.1'),
    ('bent', -0.1, 'bent should be a share from 0 to 1, got -0.1'),
    ('max_words', 0, 'max_words should be a whole number from 1, got 0'),
    ('icons', -1.0, 'icons should be a number from 0, got -1.0'),
    ('text_size', (10,), r'text_size should be two numbers above 0, got \(10,\)'),
    ('stretch', (0, 1), r'stretch should be two numbers above 0, got \(0, 1\)'),
])
def test_option_out_of_its_range(name, value, message):
    with pytest.raises(ValueError, match=message):
        with_changes(RICH, {name: value})


@pytest.mark.parametrize(('name', 'value'), [('bent', 0), ('bent', 1), ('max_words', 1), ('icons', 0), ('icons', 9.5)])
def test_ends_of_ranges(name, value):
    assert getattr(with_changes(RICH, {name: value}), name) == value
