"""SynthText: one MATLAB file for all images."""

import numpy as np
import pytest
import scipy.io
from prepare_samples import save_image

from dbnetpp_plugin.annotations.mmocr_json import read_annotations, validate_annotations
from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.synthtext import parse, prepare

# Corner k of word i is at (100 i + k, 10 i + k / 2).
CORNERS = np.array([[[100 * i + k for i in range(3)] for k in range(4)],
                    [[10 * i + k / 2 for i in range(3)] for k in range(4)]], np.float32)


def test_words_between_spaces_and_line_breaks():
    instances = parse(CORNERS, ['Lines:\nI  ', 'lost     '], 'a.jpg')
    assert [instance['text'] for instance in instances] == ['Lines:', 'I', 'lost']
    assert instances[1]['polygon'] == [100, 10, 101, 10.5, 102, 11, 103, 11.5]
    assert instances[1]['bbox'] == [100, 10, 103, 11.5]
    assert not any(instance['ignore'] for instance in instances)


def test_single_word_has_one_dimension_less():
    instance, = parse(CORNERS[:, :, 2], ['word  '], 'a.jpg')
    assert instance['polygon'] == [200, 20, 201, 20.5, 202, 21, 203, 21.5]


def test_coordinates_are_rounded_to_a_hundredth():
    boxes = np.full((2, 4), 420.58453369140625, np.float32)
    assert parse(boxes, ['word'], 'a.jpg')[0]['polygon'] == [420.58] * 8


@pytest.mark.parametrize(('boxes', 'texts', 'reason'), [
    (CORNERS, ['two words'], 'there are 3 boxes and 2 words'),
    (CORNERS, ['four words are', 'here'], 'there are 3 boxes and 4 words'),
    (CORNERS.transpose(1, 0, 2), ['a b c'], r'expected wordBB of shape \(2, 4, words\), got \(4, 2, 3\)'),
    (['text'], ['a'], r'expected wordBB of shape'),
])
def test_boxes_and_words_that_do_not_fit(boxes, texts, reason):
    with pytest.raises(ValueError, match=rf'^gt\.mat, image 8/a\.jpg: {reason}'):
        parse(boxes, texts, 'gt.mat, image 8/a.jpg')


def save_gt(folder, **variables):
    cells = {}
    for name, values in variables.items():
        cells[name] = np.empty((1, len(values)), object)
        for number, value in enumerate(values):
            cells[name][0, number] = value
    folder.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(folder / 'gt.mat', cells, do_compression=True)


@pytest.mark.parametrize('folder', ['.', 'SynthText'])
def test_whole(tmp_path, folder, log):
    root = tmp_path / 'raw' / folder
    names = ['8/ballet_1.jpg', '8/ballet_2.jpg', '200/turtles_1.jpg']
    for name in names:
        save_image(root / name, (400, 60))
    save_gt(
        root, charBB=[np.ones((2, 4))] * 3, imnames=names, wordBB=[CORNERS, CORNERS[:, :, 0], CORNERS[:, :, :2]],
        txt=[np.array(['a\nb ', 'c   ']), 'word', np.array(['Füße x'])])
    assert prepare(tmp_path / 'raw', tmp_path / 'out') == {'train': Summary(3, 6, 0)}
    data = read_annotations(tmp_path / 'out/textdet_train.json')
    assert validate_annotations(data, 'a') == []
    assert [entry['img_path'] for entry in data['data_list']] == [f'textdet_imgs/train/{name}' for name in names]
    assert [[one['text'] for one in entry['instances']] for entry in data['data_list']] == [
        ['a', 'b', 'c'], ['word'], ['Füße', 'x']]
    assert (tmp_path / 'out/textdet_imgs/train/200/turtles_1.jpg').samefile(root / '200/turtles_1.jpg')
    assert log[-1] == 'WARNING: train: 3 images, officially 858750'


def test_arrays_of_other_lengths(tmp_path):
    save_image(tmp_path / '1/a.jpg')
    save_gt(tmp_path, imnames=['1/a.jpg'] * 2, wordBB=[CORNERS], txt=['a b c', 'd'])
    with pytest.raises(ValueError, match=r'gt\.mat: imnames, wordBB and txt are not of the same length, one ends at 1'):
        prepare(tmp_path, tmp_path / 'out')
    assert not (tmp_path / 'out/textdet_train.json').exists()


def test_array_is_missing(tmp_path):
    save_gt(tmp_path, imnames=['1/a.jpg'], wordBB=[CORNERS])
    with pytest.raises(ValueError, match=r'gt\.mat holds no cell array txt, but imnames, wordBB'):
        prepare(tmp_path, tmp_path / 'out')


def test_no_gt_mat(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf'{tmp_path} holds no gt\.mat: see docs/datasets/synthtext\.md'):
        prepare(tmp_path, tmp_path / 'out')


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Twenty times the images, hardly more memory; read as a whole they would take twenty times as much."""
    import tracemalloc

    from dbnetpp_plugin.datasets.preparers.synthtext import read_samples
    peaks = []
    for count in (50, 1000):
        save_gt(tmp_path, imnames=['1/a.jpg'] * count, wordBB=[np.ones((2, 4, 20))] * count, txt=['a ' * 20] * count)
        tracemalloc.start()
        assert sum(len(sample.instances) for sample in read_samples(tmp_path)) == 20 * count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]
