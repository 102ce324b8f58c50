"""Total-Text: cell arrays of six columns, or texts that look like them."""

import numpy as np
import pytest
import scipy.io
from prepare_samples import save_image, save_text

from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.totaltext import parse, prepare

LINE = "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'h'], transcriptions: [u'OPEN']\n"


def row(xs, ys, text, orientation='c'):
    return ['x:', np.array([xs], np.int16), 'y:', np.array([ys], np.int16), text, orientation]


def save_mat(file, *rows, name='polygt'):
    array = np.empty((len(rows), len(rows[0]) if rows else 6), object)
    for i, values in enumerate(rows):
        array[i] = [*values]
    file.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(file, {name: array}, do_compression=True)
    return file


@pytest.mark.parametrize('name', ['polygt', 'gt'])
def test_mat(tmp_path, name):
    file = save_mat(
        tmp_path / 'poly_gt_img1.mat', row([1, 9, -3], [1, 2, 5], "Joe's"), row([1, 9, 9], [1, 1, 5], '#', '#'),
        row([1, 9, 9], [1, 1, 5], np.array([], 'U1'), '#'), row([1, 9, 9], [1, 1, 5], '##', '#'),
        row([1, 9, 9], [1, 1, 5], '#1'), row([1, 9, 9], [1, 1, 5], 'of', '#'), row([7], [8], '#', '#'), name=name)
    instances = parse(file)
    assert [instance['text'] for instance in instances] == ["Joe's", '#', '', '##', '#1', 'of', '#']
    assert [instance['ignore'] for instance in instances] == [False, True, True, True, False, False, True]
    assert instances[0]['polygon'] == [1, 1, 9, 2, -3, 5]
    assert instances[-1]['polygon'] == [7, 8]


def test_mat_without_text(tmp_path):
    assert parse(save_mat(tmp_path / 'poly_gt_img1.mat')) == []


def test_mat_of_other_columns(tmp_path):
    file = save_mat(tmp_path / 'poly_gt_img1.mat', row([1, 9, 9], [1, 2, 5], 'a')[:5])
    with pytest.raises(ValueError, match=r'poly_gt_img1\.mat: expected 6 columns, got 5 cells'):
        parse(file)


@pytest.mark.parametrize('broken', [row([1, 9, 9], [1, 2], 'a'), ['x:', 'text', 'y:', np.ones((1, 3)), 'a', 'c']])
def test_wrong_word_of_a_mat_is_named(tmp_path, broken):
    file = save_mat(tmp_path / 'poly_gt_img1.mat', row([1, 9, 9], [1, 2, 5], 'a'), broken)
    with pytest.raises(ValueError, match=r'poly_gt_img1\.mat, word 2: expected as many x as y coordinates, got'):
        parse(file)


def test_mat_that_is_none(tmp_path):
    with pytest.raises(ValueError, match=r'poly_gt_img1\.mat is not a MATLAB file'):
        parse(save_text(tmp_path / 'poly_gt_img1.mat', LINE))


def test_txt(tmp_path):
    words = [
        "x: [[206 251\n  386]], y: [[ 633 -811\n\n  931]], ornt: [u'c'], transcriptions: [u'PETROSAINS']",
        "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'#'], transcriptions: [u'#']",
        'x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u\'m\'], transcriptions: [u"Joe\'s"]',
        r"x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'm'], transcriptions: [u'caf\xe9 \u2022, ]]']",
        "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [], transcriptions: []",
        "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: ['h'], transcriptions: ['x: [[1]]']",
        "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'h'], transcriptions: [u',']"]
    instances = parse(save_text(tmp_path / 'poly_gt_img1.txt', '\n'.join(words) + '\n'))
    assert [instance['text'] for instance in instances] == [
        'PETROSAINS', '#', "Joe's", 'café •, ]]', '', 'x: [[1]]', ',']
    assert [instance['ignore'] for instance in instances] == [False, True, False, False, True, False, False]
    assert instances[0]['polygon'] == [206, 633, 251, -811, 386, 931]
    assert instances[1]['polygon'] == [1, 1, 9, 1, 9, 5, 1, 5]


@pytest.mark.parametrize('content', ['', '\n \n'])
def test_txt_without_text(tmp_path, content):
    assert parse(save_text(tmp_path / 'poly_gt_img1.txt', content)) == []


@pytest.mark.parametrize('line', [
    "x: [[1 9 9]], y: [[1 1 5 5]], ornt: [u'h'], transcriptions: [u'a']",
    "x: [[1 9 9 x]], y: [[1 1 5 5]], ornt: [u'h'], transcriptions: [u'a']",
    "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'h'], transcriptions: [u'a",
    "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'h'], transcriptions: [a]",
    "x: [[1 9 9 1]], y: [[1 1 5 5]], ornt: [u'h']",
    "x: [[1 9 9 1]]",
])
def test_wrong_line_of_a_txt_is_named(tmp_path, line):
    file = save_text(tmp_path / 'poly_gt_img1.txt', LINE.replace(' 9 9', '\n 9 9') + line)
    with pytest.raises(ValueError, match=r'poly_gt_img1\.txt, line 3: expected x: \[\[1 2 3\]\].*, got'):
        parse(file)


def test_txt_of_another_format(tmp_path):
    with pytest.raises(ValueError, match=r"poly_gt_img1\.txt, line 1: expected x: .*, got .1,2,3,4,5,6,7,8,text"):
        parse(save_text(tmp_path / 'poly_gt_img1.txt', f'1,2,3,4,5,6,7,8,text\n{LINE}'))


def test_layout_of_both_formats(tmp_path, log):
    save_image(tmp_path / 'Images/Train/img11.jpg')
    words = row([1, 9, 9], [1, 2, 5], 'a'), row([7], [8], '#')
    save_mat(tmp_path / 'Groundtruth/Polygon/Train/poly_gt_img11.mat', *words)
    save_image(tmp_path / 'Images/Test/img1.JPG')
    save_text(tmp_path / 'txt_format/Test/poly_gt_img1.txt', LINE)
    assert prepare(tmp_path, tmp_path / 'out') == {'train': Summary(1, 1, 0), 'test': Summary(1, 1, 0)}
    assert log[0] == (
        'WARNING: 1 instances without a usable outline, left out: img11.jpg instance 1 (polygon has 1 points, fewer '
        'than 3)')


def test_layout_of_the_revised_training_annotation(tmp_path):
    save_image(tmp_path / 'totaltext/Images/Train/img11.jpg')
    save_mat(tmp_path / 'Groundtruth/Polygon/Train/gt_img11.mat', row([1, 9, 9], [1, 2, 5], 'a'), name='gt')
    assert prepare(tmp_path, tmp_path / 'out') == {'train': Summary(1, 1, 0)}


def test_outlines_say_which_way_up_an_image_was(tmp_path, log):
    """Some images carry EXIF orientation, and their annotation does not tell whether it was followed."""
    for name, xs, ys in (('img1', [1, 390, 390], [1, 1, 288]), ('img2', [1, 288, 288], [1, 1, 390])):
        save_image(tmp_path / f'Images/Test/{name}.jpg', (400, 300), orientation=6)
        save_mat(tmp_path / f'Polygon/Test/poly_gt_{name}.mat', row(xs, ys, 'a'))
    prepare(tmp_path, tmp_path / 'out')
    assert 'img1.jpg as stored, img2.jpg upright' in '; '.join(log)


def test_whole_real_annotation(real_data):
    """Counts as annotated; 10 and 2 of them are single points, and are left out when the split is written."""
    counts = {}
    for folder in ('Train', 'Test'):
        files = sorted((real_data / 'totaltext/Polygon' / folder).iterdir())
        instances = [instance for file in files for instance in parse(file)]
        points = sum(len(instance['polygon']) < 6 for instance in instances)
        assert all(instance['ignore'] for instance in instances if len(instance['polygon']) < 6)
        counts[folder] = (len(files), len(instances), sum(instance['ignore'] for instance in instances), points)
    assert counts == {'Train': (1255, 10589, 1302, 10), 'Test': (300, 2548, 333, 2)}


def test_whole_real_annotation_is_written(real_data, tmp_path, log):
    """The images are not there; a blank one stands in for them."""
    save_image(tmp_path / 'blank.jpg')
    for folder in ('Train', 'Test'):
        (tmp_path / 'raw/Images' / folder).mkdir(parents=True)
        for file in (real_data / 'totaltext/Polygon' / folder).iterdir():
            stem = file.stem.removeprefix('poly_gt_')
            (tmp_path / 'raw/Images' / folder / f'{stem}.jpg').symlink_to(tmp_path / 'blank.jpg')
    (tmp_path / 'raw/Polygon').symlink_to(real_data / 'totaltext/Polygon')
    assert prepare(tmp_path / 'raw', tmp_path / 'out') == {
        'train': Summary(1255, 10579, 1292), 'test': Summary(300, 2546, 331)}
    assert log[0].startswith('WARNING: 10 instances without a usable outline, left out: img114.jpg instance 26 (')
    assert 'officially' not in ''.join(log)


def test_real_files_against_scipy(real_data):
    for file in sorted((real_data / 'totaltext/Polygon/Test').iterdir()):
        expected = scipy.io.loadmat(file)['polygt']
        instances = parse(file)
        assert len(instances) == len(expected)
        for instance, (_, xs, _, ys, text, _) in zip(instances, expected, strict=True):
            np.testing.assert_array_equal(np.reshape(instance['polygon'], (-1, 2)), np.stack([xs[0], ys[0]], 1))
            assert instance['text'] == ''.join(text)


def test_real_annotation_in_either_format(real_data, tmp_path):
    """The text format says the same: written from the real words as NumPy 1 printed them, it reads the same."""
    for file in sorted((real_data / 'totaltext/Polygon/Test').iterdir())[::10]:
        lines = [
            f'x: {xs}, y: {ys}, ornt: {ornt.tolist()}, transcriptions: {text.tolist()}'
            for _, xs, _, ys, text, ornt in scipy.io.loadmat(file)['polygt']]
        assert parse(save_text(tmp_path / f'{file.stem}.txt', '\n'.join(lines))) == parse(file)


@pytest.mark.parametrize(('text', 'ignored'), [
    ('#', True), (' #', True), ('"#"', True), ('', True), ('###', True), ('"', False), ('#1', False)])
def test_marks_of_ignored_text(tmp_path, text, ignored):
    line = f"x: [[1 11 11]], y: [[2 2 8]], ornt: [u'h'], transcriptions: [u'{text}']"
    instance, = parse(save_text(tmp_path / 'poly_gt_img1.txt', line))
    assert instance['ignore'] is ignored
