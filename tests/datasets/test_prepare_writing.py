"""Splits, written image by image."""

import os

import pytest
from prepare_samples import save_image

from dbnetpp_plugin.annotations.mmocr_json import (
    make_entry,
    make_instance,
    read_annotations,
    validate_annotations,
)
from dbnetpp_plugin.datasets.preparers import writing
from dbnetpp_plugin.datasets.preparers.writing import Sample, Summary, natural_key, write_split

TRIANGLE = [0, 0, 5, 0, 5, 5]


def sample(root, name='a.jpg', instances=(), size=(30, 16), orientation=None, **fields):
    save_image(root / name, size, orientation)
    return Sample(root / name, f'train/{name}', list(instances), **fields)


def entries_of(out, name='train'):
    return read_annotations(out / f'textdet_{name}.json')['data_list']


def test_split_is_written_where_the_data_set_reads_it(tmp_path):
    words = [make_instance(TRIANGLE, text='x'), make_instance(TRIANGLE, ignore=True, text='Füße')]
    samples = [sample(tmp_path, 'b.jpg', words), sample(tmp_path, 'a.png')]
    assert write_split(tmp_path / 'out', 'train', samples) == Summary(images=2, instances=2, ignored=1)
    data = read_annotations(tmp_path / 'out/textdet_train.json')
    assert validate_annotations(data, 'a') == []
    assert data['data_list'] == [
        make_entry('textdet_imgs/train/b.jpg', 30, 16, words), make_entry('textdet_imgs/train/a.png', 30, 16, [])]
    for entry in data['data_list']:
        assert (tmp_path / 'out' / entry['img_path']).is_file()


def test_image_goes_where_the_sample_says(tmp_path):
    one = sample(tmp_path)._replace(place='val/8/a.jpg')
    write_split(tmp_path / 'out', 'train', [one])
    assert entries_of(tmp_path / 'out')[0]['img_path'] == 'textdet_imgs/val/8/a.jpg'


def test_samples_are_not_held(tmp_path):
    """A sample is written before the next one is asked for."""
    def samples():
        for number in range(3):
            images = tmp_path / 'out/textdet_imgs/train'
            assert (sorted(os.listdir(images)) if number else []) == [f'{i}.jpg' for i in range(number)]
            yield sample(tmp_path, f'{number}.jpg')
    assert write_split(tmp_path / 'out', 'train', samples()).images == 3


def test_progress(tmp_path, log, monkeypatch):
    monkeypatch.setattr(writing, 'PROGRESS_EVERY', 2)
    write_split(tmp_path / 'out', 'train', [sample(tmp_path, f'{i}.jpg') for i in range(5)])
    assert log == ['INFO: train: 2 images so far', 'INFO: train: 4 images so far']


def test_broken_images_are_left_out_and_named(tmp_path, log):
    samples = [sample(tmp_path, name) for name in ('a.jpg', 'b.jpg', 'c.jpg')]
    (tmp_path / 'b.jpg').write_bytes(b'broken')
    (tmp_path / 'c.jpg').unlink()
    assert write_split(tmp_path / 'out', 'train', samples).images == 1
    assert log == [
        'WARNING: 2 files that cannot be read as images, left out: b.jpg (of 6 bytes is not an image that can be '
        'read), c.jpg (is missing)']


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.bmp', '.tif', '.webp', '.gif', '.ppm', '.tga', '.jp2', '.avif'])
@pytest.mark.parametrize('kept', [0.5, 0.9])
def test_truncated_images_are_left_out_and_named(tmp_path, log, suffix, kept):
    samples = [sample(tmp_path, name, size=(300, 160)) for name in ('a.jpg', f'b{suffix}')]
    data = (tmp_path / f'b{suffix}').read_bytes()
    (tmp_path / f'b{suffix}').write_bytes(data[:int(kept * len(data))])
    assert write_split(tmp_path / 'out', 'train', samples).images == 1
    message, = log
    assert message.startswith(f'WARNING: 1 files that cannot be read as images, left out: b{suffix} (')
    assert not (tmp_path / f'out/textdet_imgs/train/b{suffix}').exists()


def test_image_that_ends_in_zeros_as_an_interrupted_download_does(tmp_path, log):
    samples = [sample(tmp_path, name, size=(300, 160)) for name in ('a.jpg', 'b.jpg')]
    data = (tmp_path / 'b.jpg').read_bytes()
    (tmp_path / 'b.jpg').write_bytes(data[:len(data) // 2] + bytes(len(data) - len(data) // 2))
    assert write_split(tmp_path / 'out', 'train', samples).images == 1
    assert 'left out: b.jpg (is truncated after ' in log[0]


def test_no_image_at_all_leaves_the_old_file(tmp_path, log):
    write_split(tmp_path / 'out', 'train', [sample(tmp_path)])
    (tmp_path / 'a.jpg').write_bytes(b'broken')
    with pytest.raises(ValueError, match=f'train: there is no image to write to {tmp_path}/out'):
        write_split(tmp_path / 'out', 'train', [Sample(tmp_path / 'a.jpg', 'a.jpg', [])])
    assert log == ['WARNING: 1 files that cannot be read as images, left out: '
                   'a.jpg (of 6 bytes is not an image that can be read)']
    assert len(entries_of(tmp_path / 'out')) == 1
    assert sorted(os.listdir(tmp_path / 'out')) == ['textdet_imgs', 'textdet_train.json']


def test_instances_without_outline_are_left_out_and_named(tmp_path, log):
    words = [make_instance(outline, text=str(i)) for i, outline in enumerate([[7, 8], TRIANGLE, [1, 2, 3, 4]])]
    assert write_split(tmp_path / 'out', 'train', [sample(tmp_path, instances=words)]) == Summary(1, 1, 0)
    assert [one['text'] for one in entries_of(tmp_path / 'out')[0]['instances']] == ['1']
    assert len(words) == 3
    assert log == [
        'WARNING: 2 instances without a usable outline, left out: a.jpg instance 0 (polygon has 1 points, fewer than '
        '3), a.jpg instance 2 (polygon has 2 points, fewer than 3)']


@pytest.mark.parametrize(('upright', 'size', 'way'), [(False, (30, 16), 'as stored'), (True, (16, 30), 'upright')])
def test_exif_orientation(tmp_path, log, upright, size, way):
    write_split(tmp_path / 'out', 'train', [sample(tmp_path, orientation=6)], upright)
    entry = entries_of(tmp_path / 'out')[0]
    assert (entry['width'], entry['height']) == size
    assert log == [
        'INFO: train: 1 images with EXIF orientation, and which way up their text was outlined: a.jpg ' + way]


def test_outlines_tell_which_way_up(tmp_path, log):
    wide, high = ([make_instance([0, 0, x, 0, x, y])] for x, y in ((30, 16), (16, 30)))
    samples = [
        sample(tmp_path, 'wide.jpg', wide, orientation=6), sample(tmp_path, 'high.jpg', high, orientation=6),
        sample(tmp_path, 'plain.jpg', wide)]
    write_split(tmp_path / 'out', 'train', samples)
    assert [(entry['width'], entry['height']) for entry in entries_of(tmp_path / 'out')] == [
        (30, 16), (16, 30), (30, 16)]
    assert log[0].endswith(': high.jpg upright, wide.jpg as stored')  # the third has no EXIF orientation


def test_annotation_of_another_size_stops(tmp_path):
    with pytest.raises(ValueError, match=r'a\.jpg is 30 x 16 pixels, but its annotation is for an image of 60 x 32'):
        write_split(tmp_path / 'out', 'train', [sample(tmp_path, 'a.jpg')._replace(size=(60, 32))])


def test_names_sort_naturally():
    names = [f'img_{i}' for i in (11, 2, 1)] + ['a100', '7', '07b']
    assert sorted(names, key=natural_key) == ['7', '07b', 'a100', 'img_1', 'img_2', 'img_11']
