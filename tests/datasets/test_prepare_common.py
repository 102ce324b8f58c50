"""What all preparers share: splits, pairs, counts."""

import os
from pathlib import Path

import pytest
from prepare_samples import save_image, save_text

from dbnetpp_plugin.annotations.mmocr_json import make_instance, read_annotations
from dbnetpp_plugin.datasets.preparers.common import Split, pair_files, prepare_splits
from dbnetpp_plugin.datasets.preparers.writing import Summary


def test_files_are_paired_in_natural_order(tmp_path, log):
    for name in ('gt_img_1.txt', 'gt_img_2.txt', 'gt_img_10.txt', 'gt_img_11.txt', 'readme.txt'):
        (tmp_path / name).touch()
    images = {f'img_{i}': Path(f'img_{i}.jpg') for i in (1, 2, 3, 10)}
    pairs = pair_files(images, tmp_path, ['gt_{stem}.txt'])
    assert [(image.name, annotation.name) for image, annotation in pairs] == [
        ('img_1.jpg', 'gt_img_1.txt'), ('img_2.jpg', 'gt_img_2.txt'), ('img_10.jpg', 'gt_img_10.txt')]
    assert log == [
        'WARNING: 1 images without annotation, left out: img_3.jpg',
        'WARNING: 1 annotations without image, left out: gt_img_11.txt',
    ]


def test_first_name_that_there_is_a_file_of_is_used(tmp_path):
    for name in ('1.txt', '2.txt', '0003.txt'):
        (tmp_path / name).touch()
    images = {stem: Path(f'{stem}.jpg') for stem in '123'}
    paired = [
        [annotation.name for _, annotation in pair_files(images, tmp_path, names)]
        for names in (['gt_{stem}.txt', '{stem}.txt', '000{stem}.txt'], ['000{stem}.txt', '{stem}.txt'])]
    assert paired == [['1.txt', '2.txt', '0003.txt'], ['1.txt', '2.txt', '0003.txt']]


def test_few_of_many_single_files_are_named(tmp_path, log):
    assert pair_files({f'img_{i}': Path(f'img_{i}.jpg') for i in range(12)}, tmp_path, ['gt_{stem}.txt']) == []
    assert log == [
        'WARNING: 12 images without annotation, left out: img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg, img_4.jpg '
        'and 7 more']


def split(name='train', images=2, instances=None):
    return Split(name, (f'{name}_imgs', f'{name}_other'), (f'{name}_gt',), ('{stem}.txt',), images, instances)


def parse(file):
    """One instance a character, ignored where it is '#'."""
    triangle = [0, 0, 5, 0, 5, 5]
    return [make_instance(triangle, ignore=character == '#', text=character) for character in file.read_text()]


def raw(root, name='train', images='train_imgs', **contents):
    for stem, text in contents.items():
        save_image(root / images / f'{stem}.jpg', (30, 16))
        save_text(root / f'{name}_gt' / f'{stem}.txt', text)


def test_split_is_found_paired_and_written(tmp_path, log):
    raw(tmp_path, a='xy#', b='')
    found = prepare_splits(tmp_path, tmp_path / 'out', [split(instances=3)], parse)
    assert found == {'train': Summary(images=2, instances=3, ignored=1)}
    first, second = read_annotations(tmp_path / 'out/textdet_train.json')['data_list']
    assert (first['img_path'], first['width'], first['height']) == ('textdet_imgs/train/a.jpg', 30, 16)
    assert [instance['text'] for instance in first['instances']] == ['x', 'y', '#']
    assert second['instances'] == []
    assert log == ['INFO: train: 2 images, 3 instances, 1 of them ignored']


@pytest.mark.parametrize(('official', 'warning'), [
    ((3, None), 'train: 2 images, officially 3'),
    ((1, 3), 'train: 2 images, officially 1'),
    ((2, 4), 'train: 3 instances, officially 4'),
])
def test_other_counts_than_published(tmp_path, log, official, warning):
    raw(tmp_path, a='xy#', b='')
    prepare_splits(tmp_path, tmp_path / 'out', [split('train', *official)], parse)
    assert log[1:] == ['WARNING: ' + warning]


def test_second_name_of_a_folder(tmp_path):
    raw(tmp_path, images='train_other', a='x', b='y')
    assert prepare_splits(tmp_path, tmp_path / 'out', [split()], parse)['train'].images == 2


def test_missing_split_is_reported(tmp_path, log):
    raw(tmp_path, a='x', b='y')
    assert set(prepare_splits(tmp_path, tmp_path / 'out', [split(), split('test')], parse)) == {'train'}
    assert log[1] == f'WARNING: no test split: {tmp_path} has none of the folders test_imgs, test_other'
    assert not (tmp_path / 'out/textdet_test.json').exists()


def test_archive_that_is_still_packed(tmp_path, log):
    raw(tmp_path, a='x', b='y')
    (tmp_path / 'test_imgs').mkdir()
    (tmp_path / 'test_gt.zip').touch()
    prepare_splits(tmp_path, tmp_path / 'out', [split(), split('test')], parse)
    assert log[1].endswith(f'folders test_gt: unpack {tmp_path}/test_gt.zip into a folder of its name')


def test_no_split_at_all(tmp_path):
    with pytest.raises(FileNotFoundError, match=f'{tmp_path} holds no split to prepare'):
        prepare_splits(tmp_path, tmp_path / 'out', [split(), split('test')], parse)


def test_preparing_twice_gives_the_same(tmp_path):
    raw(tmp_path, a='xy#', b='')
    written = []
    for _ in range(2):
        prepare_splits(tmp_path, tmp_path / 'out', [split()], parse)
        written.append((tmp_path / 'out/textdet_train.json').read_text())
    assert written[0] == written[1]
    assert sorted(os.listdir(tmp_path / 'out/textdet_imgs/train')) == ['a.jpg', 'b.jpg']
