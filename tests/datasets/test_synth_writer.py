"""Synthetic data sets on disk."""

import filecmp
from dataclasses import replace

import pytest

from dbnetpp_plugin.annotations.mmocr_json import read_annotations, validate_annotations
from dbnetpp_plugin.datasets.synth import (
    RICH,
    PageSource,
    find_fonts,
    find_photographs,
    make_vocabulary,
    write_synthetic_split,
)
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset

FONTS = find_fonts()
PHOTOGRAPHS = find_photographs()
LOAD = [
    {'type': 'LoadImageFromFile'},
    {'type': 'LoadOCRAnnotations', 'with_polygon': True, 'with_bbox': True, 'with_label': True, 'with_text': True},
]


def source(split='train', seed=0):
    return PageSource(split, seed, (160, 128), FONTS, PHOTOGRAPHS[split])


def test_loads_as_a_data_set(tmp_path, log):
    write_synthetic_split(tmp_path, source(), 12)
    data = read_annotations(tmp_path / 'textdet_train.json')
    assert validate_annotations(data, 'a') == []
    assert [entry['img_path'] for entry in data['data_list']] == [f'imgs/train/{i}.jpg' for i in range(12)]
    dataset = TextDetDataset(data_root=str(tmp_path), ann_file='textdet_train.json', pipeline=LOAD)
    for i, entry in enumerate(data['data_list']):
        results = dataset[i]
        assert results['img'].shape == (128, 160, 3) == (entry['height'], entry['width'], 3)
        assert results['gt_texts'] == [instance['text'] for instance in entry['instances']]
    count = sum(len(entry['instances']) for entry in data['data_list'])
    assert log[0].startswith(f'INFO: train: 12 images, {count} instances, ')


def same_files(one, other):
    names = [path.relative_to(one) for path in one.rglob('*.*')]
    assert len(names) == 20
    return all(filecmp.cmp(one / name, other / name, shallow=False) for name in names)


def test_number_of_workers_and_of_pages_do_not_matter(tmp_path):
    write_synthetic_split(tmp_path / 'one', source(), 19, workers=1)
    write_synthetic_split(tmp_path / 'two', source(), 19, workers=2)
    assert same_files(tmp_path / 'one', tmp_path / 'two')
    write_synthetic_split(tmp_path / 'fewer', source(), 4)
    assert filecmp.cmp(tmp_path / 'one/imgs/train/3.jpg', tmp_path / 'fewer/imgs/train/3.jpg', shallow=False)


@pytest.mark.parametrize('other', [source(seed=1), source('test')])
def test_other_seeds_and_splits_differ(other):
    states = {tuple(one.rng(i).integers(0, 2 ** 32, 4)) for one in (source(), other) for i in range(3)}
    assert len(states) == 6


def test_options_level_and_vocabulary_of_a_source(tmp_path):
    rich = replace(source(), options=replace(RICH, other_script=1.0, without_text=0.0), level='line',
                   vocabulary=make_vocabulary(None, None, 'αβγδε'))
    write_synthetic_split(tmp_path, rich, 4)
    entries = read_annotations(tmp_path / 'textdet_train.json')['data_list']
    texts = {instance['text'] for entry in entries for instance in entry['instances']} - {'###'}
    assert texts
    assert set(''.join(texts)) <= set('αβγδε ')


def test_too_small_pages_are_told_before_the_first():
    with pytest.raises(ValueError, match='at least 128 pixels wide and high, got 160 x 127'):
        replace(source(), size=(160, 127))


def test_unknown_split():
    with pytest.raises(ValueError, match="split should be one of train, test, got 'val'"):
        PageSource('val', 0, (160, 128), FONTS, PHOTOGRAPHS['train'])


def test_no_pages(tmp_path):
    write_synthetic_split(tmp_path, source('test'), 0)
    assert read_annotations(tmp_path / 'textdet_test.json')['data_list'] == []


def test_picture_that_cannot_be_written(tmp_path):
    (tmp_path / 'imgs/train/0.jpg').mkdir(parents=True)
    with pytest.raises(OSError, match=r'cannot write .*0\.jpg'):
        write_synthetic_split(tmp_path, source(), 1)
