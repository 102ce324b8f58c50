"""What all preparers share: images in their place, pairs, counts, reports."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dbnetpp_plugin.datasets.annotation import make_instance, read_annotations, validate_annotations
from dbnetpp_plugin.datasets.preparers import PREPARERS
from dbnetpp_plugin.datasets.preparers.common import Split, Summary, pair_files, prepare_splits, read_lines
from dbnetpp_plugin.datasets.preparers.images import find_images, place_image, read_header, without_exif


def save_image(path, size=(20, 10), orientation=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=exif)


def turned(path):
    """The image as OpenCV shows it by default, following EXIF data."""
    return cv2.imread(str(path), cv2.IMREAD_COLOR)


def stored(path):
    return cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)


def test_preparers_by_name():
    assert {'icdar2015', 'msra_td500'} <= set(PREPARERS)


def test_upright_image_is_linked(tmp_path):
    save_image(tmp_path / 'a.jpg')
    place_image(tmp_path / 'a.jpg', tmp_path / 'b.jpg')
    assert (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')


def test_link_leads_to_the_file_behind_a_symbolic_link(tmp_path):
    save_image(tmp_path / 'a.jpg')
    (tmp_path / 'l.jpg').symlink_to('a.jpg')
    place_image(tmp_path / 'l.jpg', tmp_path / 'b.jpg')
    assert not (tmp_path / 'b.jpg').is_symlink()
    assert (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')


def test_image_is_copied_where_no_link_can_be(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError('cross-device link')
    monkeypatch.setattr(os, 'link', refuse)
    save_image(tmp_path / 'a.jpg')
    place_image(tmp_path / 'a.jpg', tmp_path / 'b.jpg')
    assert not (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')
    assert (tmp_path / 'b.jpg').read_bytes() == (tmp_path / 'a.jpg').read_bytes()


def test_placing_again_replaces(tmp_path):
    save_image(tmp_path / 'a.jpg')
    (tmp_path / 'b.jpg').write_text('old')
    for _ in range(2):
        place_image(tmp_path / 'a.jpg', tmp_path / 'b.jpg')
    assert (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')
    assert sorted(os.listdir(tmp_path)) == ['a.jpg', 'b.jpg']


@pytest.mark.parametrize('orientation', [3, 6, 8])
def test_turned_image_keeps_its_pixels_where_they_are_stored(tmp_path, orientation):
    save_image(tmp_path / 'a.jpg', (20, 10), orientation)
    before = (tmp_path / 'a.jpg').read_bytes()
    assert read_header(tmp_path / 'a.jpg') == (20, 10, orientation)
    assert not np.array_equal(turned(tmp_path / 'a.jpg'), stored(tmp_path / 'a.jpg'))
    place_image(tmp_path / 'a.jpg', tmp_path / 'b.jpg', orientation)
    assert read_header(tmp_path / 'b.jpg') == (20, 10, 1)
    np.testing.assert_array_equal(turned(tmp_path / 'b.jpg'), stored(tmp_path / 'a.jpg'))
    assert (tmp_path / 'a.jpg').read_bytes() == before


def test_only_exif_segments_are_cut():
    def segment(marker, content):
        return b'\xff' + bytes([marker]) + (len(content) + 2).to_bytes(2, 'big') + content
    other = segment(0xE0, b'JFIF\x00') + segment(0xE1, b'http://ns.adobe.com/xap/1.0/\x00')
    exif = segment(0xE1, b'Exif\x00\x00MM' + bytes(300))
    scan = segment(0xDA, b'123') + b'pixels \xff\xe1\x00\x08Exif\x00\x00 more' + b'\xff\xd9'
    data = b'\xff\xd8' + other[:9] + exif + other[9:] + exif + scan
    assert without_exif(data, 'a.jpg') == b'\xff\xd8' + other + scan


def test_turned_image_of_another_format_is_refused(tmp_path):
    save_image(tmp_path / 'a.png', orientation=6)
    with pytest.raises(ValueError, match=r'a\.png asks to be turned .* not a JPEG'):
        place_image(tmp_path / 'a.png', tmp_path / 'b.png', read_header(tmp_path / 'a.png')[2])
    assert os.listdir(tmp_path) == ['a.png']


@pytest.mark.parametrize('content', [b'', b'no image', b'\x89PNG\r\n\x1a\n\x00\x00'])
def test_file_that_is_no_image(tmp_path, content):
    (tmp_path / 'a.png').write_bytes(content)
    with pytest.raises(ValueError, match=r'a\.png cannot be read as an image'):
        read_header(tmp_path / 'a.png')


def test_images_are_found_by_suffix(tmp_path):
    for name in ('b.JPG', 'a.png', 'a.gt', 'Thumbs.db', 'c.jpeg'):
        (tmp_path / name).touch()
    assert {stem: path.name for stem, path in find_images(tmp_path).items()} == {
        'a': 'a.png', 'b': 'b.JPG', 'c': 'c.jpeg'}


def test_files_are_paired_in_natural_order(tmp_path, log):
    for name in ('gt_img_1.txt', 'gt_img_2.txt', 'gt_img_10.txt', 'gt_img_11.txt', 'readme.txt'):
        (tmp_path / name).touch()
    images = {f'img_{i}': Path(f'img_{i}.jpg') for i in (1, 2, 3, 10)}
    pairs = pair_files(images, tmp_path, 'gt_{stem}.txt')
    assert [(image.name, annotation.name) for image, annotation in pairs] == [
        ('img_1.jpg', 'gt_img_1.txt'), ('img_2.jpg', 'gt_img_2.txt'), ('img_10.jpg', 'gt_img_10.txt')]
    assert log == [
        'WARNING: 1 images without annotation, left out: img_3.jpg',
        'WARNING: 1 annotations without image, left out: gt_img_11.txt',
    ]


def test_few_of_many_single_files_are_named(tmp_path, log):
    assert pair_files({f'img_{i}': Path(f'img_{i}.jpg') for i in range(12)}, tmp_path, 'gt_{stem}.txt') == []
    assert log == [
        'WARNING: 12 images without annotation, left out: img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg, img_4.jpg, ...']


def test_lines_keep_their_numbers(tmp_path):
    (tmp_path / 'a.txt').write_bytes('\ufeffa,b\r\n\r\n  \nc\x85\u2028d\n'.encode())
    lines = list(read_lines(tmp_path / 'a.txt'))
    assert lines == [(f'{tmp_path}/a.txt, line 1', 'a,b'), (f'{tmp_path}/a.txt, line 4', 'c\x85\u2028d')]


def test_file_in_another_encoding(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'caf\xe9')
    with pytest.raises(ValueError, match=r'a\.txt is not UTF-8 text: .* at byte 3'):
        list(read_lines(tmp_path / 'a.txt'))


def split(name='train', images=2, instances=None):
    return Split(name, (f'{name}_imgs', f'{name}_other'), (f'{name}_gt',), '{stem}.txt', images, instances)


def parse(file):
    """One instance a character, ignored where it is '#'."""
    triangle = [0, 0, 5, 0, 5, 5]
    return [make_instance(triangle, ignore=character == '#', text=character) for character in file.read_text()]


def raw(root, name='train', images='train_imgs', **contents):
    for stem, text in contents.items():
        save_image(root / images / f'{stem}.jpg', (30, 16))
        (root / f'{name}_gt').mkdir(exist_ok=True)
        (root / f'{name}_gt' / f'{stem}.txt').write_text(text)


def test_split_is_written_where_the_data_set_reads_it(tmp_path, log):
    raw(tmp_path, a='xy#', b='')
    found = prepare_splits(tmp_path, tmp_path / 'out', [split(instances=3)], parse)
    assert found == {'train': Summary(images=2, instances=3, ignored=1)}
    data = read_annotations(tmp_path / 'out/textdet_train.json')
    assert validate_annotations(data, 'a') == []
    first, second = data['data_list']
    assert (first['img_path'], first['width'], first['height']) == ('textdet_imgs/train/a.jpg', 30, 16)
    assert [instance['text'] for instance in first['instances']] == ['x', 'y', '#']
    assert second['instances'] == []
    assert (tmp_path / 'out' / first['img_path']).is_file()
    assert log == ['INFO: train: 2 images, 3 instances, 1 of them ignored']


@pytest.mark.parametrize(('official', 'warning'), [
    ((3, None), 'train: 2 images from {}, officially 3'),
    ((1, 3), 'train: 2 images from {}, officially 1'),
    ((2, 4), 'train: 3 instances from {}, officially 4'),
])
def test_other_counts_than_published(tmp_path, log, official, warning):
    raw(tmp_path, a='xy#', b='')
    prepare_splits(tmp_path, tmp_path / 'out', [split('train', *official)], parse)
    assert log[1:] == ['WARNING: ' + warning.format(tmp_path / 'train_imgs')]


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


def test_broken_image_is_left_out_and_named(tmp_path, log):
    raw(tmp_path, a='x', b='y')
    (tmp_path / 'train_imgs/b.jpg').write_bytes(b'broken')
    assert prepare_splits(tmp_path, tmp_path / 'out', [split()], parse)['train'].images == 1
    assert log[0] == 'WARNING: 1 files that cannot be read as images, left out: b.jpg'
    assert 'officially 2' in log[2]


def test_preparing_twice_gives_the_same(tmp_path):
    raw(tmp_path, a='xy#', b='')
    written = []
    for _ in range(2):
        prepare_splits(tmp_path, tmp_path / 'out', [split()], parse)
        written.append((tmp_path / 'out/textdet_train.json').read_text())
    assert written[0] == written[1]
    assert sorted(os.listdir(tmp_path / 'out/textdet_imgs/train')) == ['a.jpg', 'b.jpg']
