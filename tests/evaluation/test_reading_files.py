"""Reading and pairing of what people keep ground truth and predictions in."""

import json
import zipfile

import numpy as np
import pytest

from dbnetpp_plugin.evaluation.json_files import read_json
from dbnetpp_plugin.evaluation.pairing import image_name, image_number, pair_images, pair_names
from dbnetpp_plugin.evaluation.sources import load_ground_truths, load_predictions, read_texts
from dbnetpp_plugin.evaluation.text_files import read_ground_truths, read_predictions
from dbnetpp_plugin.evaluation.text_image import without_text

QUAD = '1,2,11,2,11,8,1,8'
HEXAGON = '0,0,5,0,10,0,10,5,5,5,0,5'


def truth(line, points=None):
    return read_ground_truths({'gt_1.txt': line}, points)['gt_1.txt']


def found(line, points=None, with_text=False):
    return read_predictions({'res_1.txt': line}, points, with_text)['res_1.txt']


@pytest.mark.parametrize('points', [4, None])
@pytest.mark.parametrize(('line', 'text'), [
    (f'{QUAD},word', 'word'),
    (f'{QUAD},two, words', 'two, words'),
    (f'{QUAD},1997', '1997'),
    (f'{QUAD},12,5 kg', '12,5 kg'),
    (f'{QUAD},nan', 'nan'),
    (f'{QUAD},###', '###'),
    (f'{QUAD},"###"', '###'),
    (f'{QUAD},"say ""so"""', 'say ""so""'),
    (f'{QUAD},"a \\"b\\" c"', 'a "b" c'),
    (f'{QUAD}, word \r', 'word'),
    (f'{QUAD},', ''),
    (QUAD, ''),
    (' 1 , 2.0,11,+2,1.1e1,8,1,8,word', 'word'),
])
def test_ground_truth_line(line, text, points):
    image = truth(line, points)
    assert np.array_equal(image.polygons, [[(1, 2), (11, 2), (11, 8), (1, 8)]])
    assert list(image.texts) == [text]
    assert image.ignored.tolist() == [text == '###']
    assert image.scores is None
    assert image.scripts is None


@pytest.mark.parametrize(('points', 'count', 'text'), [(None, 5, 'x'), (4, 4, '3,4,x')])
def test_pair_of_numbers_in_a_transcription_is_a_point_only_where_points_are_free(points, count, text):
    image = truth(f'{QUAD},3,4,x', points)
    assert len(image.polygons[0]) == count
    assert list(image.texts) == [text]


def test_any_number_of_points():
    assert np.array_equal(truth(f'{HEXAGON},word').polygons, [[(0, 0), (5, 0), (10, 0), (10, 5), (5, 5), (0, 5)]])


def test_scripts_of_mlt():
    image = truth(f'{QUAD},Latin,caf\xe9, 1\n{QUAD},None,###', 4)
    assert list(image.scripts) == ['Latin', 'None']
    assert list(image.texts) == ['caf\xe9, 1', '###']
    assert image.ignored.tolist() == [False, True]


def test_word_that_is_called_as_a_script():
    image = truth(f'{QUAD},Latin,x\n{QUAD},word', 4)
    assert image.scripts is None
    assert list(image.texts) == ['Latin,x', 'word']


@pytest.mark.parametrize(('lines', 'scores', 'texts'), [
    ([QUAD, QUAD], None, ['', '']),
    ([f'{QUAD},0.5', f'{QUAD},1'], [0.5, 1], ['', '']),
    ([f'{QUAD},98.5', f'{QUAD},-3e1'], [98.5, -30], ['', '']),
    ([f'{QUAD},0.5,exit', f'{QUAD},1,2008'], [0.5, 1], ['exit', '2008']),
    ([f'{QUAD},0.5,1', f'{QUAD},1,"2008"', f'{QUAD},1,cafe'], [0.5, 1, 1], ['1', '2008', 'cafe']),
    ([f'{QUAD},exit', f'{QUAD},0.5'], None, ['exit', '0.5']),
    ([f'{QUAD},nan', f'{QUAD},0.5'], None, ['nan', '0.5']),
])
@pytest.mark.parametrize('points', [4, None])
def test_prediction_lines(lines, scores, texts, points):
    image = found('\n'.join(lines), points)
    assert (image.scores if scores is None else image.scores.tolist()) == scores
    assert list(image.texts) == texts
    assert not image.ignored.any()


def test_number_alone_is_a_word_where_words_are_needed():
    assert found(f'{QUAD},2008', 4).scores.tolist() == [2008]
    assert list(found(f'{QUAD},2008', 4, with_text=True).texts) == ['2008']
    assert found(f'{QUAD},0.5,2008', 4, with_text=True).scores.tolist() == [0.5]


def test_scores_are_looked_for_in_all_files_of_a_submission():
    images = read_predictions({'1.txt': f'{QUAD},0.5', '2.txt': f'{QUAD},exit'}, 4)
    assert [list(image.texts) for image in images.values()] == [['0.5'], ['exit']]


def test_empty_lines_and_files():
    images = read_predictions({'1.txt': '', '2.txt': f'\n\n{QUAD},0.5\n \n'}, 4)
    assert [len(image) for image in images.values()] == [0, 1]
    assert images['1.txt'].scores.tolist() == []


@pytest.mark.parametrize('read', [read_ground_truths, read_predictions])
@pytest.mark.parametrize(('line', 'points', 'expected'), [
    ('1,2,11,2,11,8', 4, 'x1,y1,x2,y2,x3,y3,x4,y4'),
    ('1,2,11,2,11,8,1,###', 4, 'x1,y1,x2,y2,x3,y3,x4,y4'),
    ('1,2,11,2,exit', None, 'x1,y1,x2,y2,x3,y3,...'),
    ('1,2,11,2,11,nan,1,8', 4, 'x1,y1'),
    ('1;2;11;2;11;8;1;8', None, 'x1,y1'),
])
def test_error_names_file_and_line(read, line, points, expected):
    with pytest.raises(ValueError, match='some file, line 3: expected ') as error:
        read({'some file': f'{QUAD},a\n\n{line}\n'}, points)
    assert expected in str(error.value)
    assert repr(line) in str(error.value)


def test_ends_of_lines(tmp_path):
    for end in ('\n', '\r\n', '\r'):
        assert len(truth(f'{QUAD},a{end}{QUAD},b{end}')) == len(found(f'{QUAD},0.5{end}{QUAD},1{end}')) == 2
    (tmp_path / 'gt_1.txt').write_bytes(b'1,2\r\xff')
    with pytest.raises(ValueError, match=r'gt_1\.txt, line 2: not UTF-8 text'):
        load_ground_truths(tmp_path, 4)


@pytest.mark.parametrize('text', ['###', ' ###', '### ', '"###"', '" ###"'])
@pytest.mark.parametrize('points', [4, None])
def test_do_not_care(text, points):
    assert truth(f'{QUAD},{text}', points).ignored.tolist() == [True]


def test_five_points_where_there_must_be_four():
    with pytest.raises(ValueError, match=r'gt_1\.txt, line 1: expected .*, got 10 numbers before the mark of ignored'):
        truth('10,10,40,5,70,10,70,30,10,30,###', 4)
    assert len(truth('10,10,40,5,70,10,70,30,10,30,###').polygons[0]) == 5


def test_mark_before_the_transcriptions_of_ctw1500():
    outline = ','.join(map(str, range(28)))
    image = truth(f'{outline},####word\n{outline},#######')
    assert (list(image.texts), image.ignored.tolist()) == (['word', '###'], [False, True])


def test_subfolders_are_read_as_in_a_zip_file(tmp_path):
    for name in ('gt_1.txt', 'deep/gt_2.txt', '.hidden/gt_3.txt'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(QUAD)
    assert list(read_texts(tmp_path)) == [f'{tmp_path}/deep/gt_2.txt', f'{tmp_path}/gt_1.txt']


def test_td500():
    image = read_ground_truths({'IMG_0001.gt': '0 0 10 20 40 8 0\n1 1 10 20 40 8 1.5707963267948966\n'}, None)
    polygons, ignored = image['IMG_0001.gt'].polygons, image['IMG_0001.gt'].ignored
    np.testing.assert_allclose(polygons[0], [(10, 20), (50, 20), (50, 28), (10, 28)])
    np.testing.assert_allclose(sorted(polygons[1].tolist()), [(26, 4), (26, 44), (34, 4), (34, 44)])
    assert ignored.tolist() == [False, True]


@pytest.mark.parametrize('line', ['0 0 10 20 40 8', '0 2 10 20 40 8 0', '0 0 a 20 40 8 0', QUAD])
def test_td500_error(line):
    with pytest.raises(ValueError, match=r'IMG_0001\.gt, line 1: expected index difficult x y w h theta'):
        read_ground_truths({'IMG_0001.gt': line}, None)


def test_folder_and_zip_hold_the_same(tmp_path):
    (tmp_path / 'gt').mkdir()
    with zipfile.ZipFile(tmp_path / 'gt.zip', 'w') as archive:
        for name, content in (('gt_img_1.txt', b'\xef\xbb\xbf' + QUAD.encode()), ('notes.md', b'no'),
                              ('.hidden.txt', b'no')):
            (tmp_path / 'gt' / name).write_bytes(content)
            archive.writestr(f'inner/{name}', content)
        archive.writestr('__MACOSX/gt_img_1.txt', b'no')
    for source, name in ((tmp_path / 'gt', 'gt_img_1.txt'), (tmp_path / 'gt.zip', 'inner/gt_img_1.txt')):
        assert read_texts(source) == {str(source / name): QUAD}
        assert len(load_ground_truths(source, 4)[str(source / name)]) == 1
        assert len(load_predictions(source, 4)[str(source / name)]) == 1


def test_sources_that_are_none(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there is no zip file, folder or JSON file .*nowhere'):
        load_ground_truths(tmp_path / 'nowhere', 4)
    with pytest.raises(ValueError, match=r'holds no text file \(\.txt, \.gt\)'):
        load_ground_truths(tmp_path, 4)
    (tmp_path / 'gt.zip').write_text('no zip')
    with pytest.raises(ValueError, match=r'gt\.zip is not a zip file'):
        load_ground_truths(tmp_path / 'gt.zip', 4)
    (tmp_path / 'gt_1.txt').write_bytes(b'1,2\n\xff')
    with pytest.raises(ValueError, match=r'gt_1\.txt, line 2: not UTF-8 text'):
        load_ground_truths(tmp_path, 4)


ANNOTATION = {'img_path': 'imgs/img_7.jpg', 'height': 30, 'width': 40, 'instances': [
    {'polygon': [0, 0, 9, 0, 9, 5], 'ignore': True, 'text': 'one'}, {'polygon': [0, 0, 9, 0, 9, 5], 'ignore': False}]}
DETECTION = {'path': 'imgs/img_7.jpg', 'width': 40, 'height': 30, 'polygons': [[[0, 0], [9, 0], [9, 5]]],
             'scores': [0.5], 'picture': 'img_7.jpg'}


def write(tmp_path, data):
    path = tmp_path / 'data.json'
    path.write_text(json.dumps(data))
    return path


def test_annotations_in_json(tmp_path):
    images = load_ground_truths(write(tmp_path, {'metainfo': {}, 'data_list': [ANNOTATION]}), 4)
    image = images['imgs/img_7.jpg']
    assert np.array_equal(image.polygons, [[(0, 0), (9, 0), (9, 5)]] * 2)
    assert image.ignored.tolist() == [True, False]
    assert list(image.texts) == ['one', '']
    assert image.size == (30, 40)


def test_detections_in_json(tmp_path):
    images = load_predictions(write(tmp_path, {'images': [DETECTION], 'failed': [{'path': 'b.jpg', 'error': ''}]}), 4)
    assert np.array_equal(images['imgs/img_7.jpg'].polygons, [[(0, 0), (9, 0), (9, 5)]])
    assert images['imgs/img_7.jpg'].scores.tolist() == [0.5]
    assert images['imgs/img_7.jpg'].texts is None
    assert len(images['b.jpg']) == 0


def test_transcriptions_and_scores_may_be_in_either(tmp_path):
    detection = {**DETECTION, 'texts': ['exit']}
    assert list(read_json(write(tmp_path, {'images': [detection]}))['imgs/img_7.jpg'].texts) == ['exit']
    instances = [{**instance, 'score': 0.25} for instance in ANNOTATION['instances']]
    image = read_json(write(tmp_path, {'data_list': [{**ANNOTATION, 'instances': instances}]}))['imgs/img_7.jpg']
    assert image.scores.tolist() == [0.25, 0.25]


@pytest.mark.parametrize(('data', 'message'), [
    ([], 'has neither "data_list"'),
    ({}, 'has neither "data_list"'),
    ({'data_list': [{'img_path': 'a.jpg'}]}, "entry 0 of data_list: 'instances' is missing"),
    ({'images': [{**DETECTION, 'scores': []}]}, 'entry 0 of images: 1 polygons need as many scores, got 0'),
    ({'images': [{**DETECTION, 'polygons': [[0, 0, 1]]}]}, 'a polygon has an odd number of values, 3'),
    ({'images': [DETECTION, DETECTION]}, 'names 1 images twice'),
])
def test_json_errors(tmp_path, data, message):
    with pytest.raises(ValueError, match=r'data\.json') as error:
        read_json(write(tmp_path, data))
    assert message in str(error.value)


def test_detections_in_lines_of_json(tmp_path):
    lines = [json.dumps(record) for record in (DETECTION, {'path': 'b.jpg', 'error': 'b.jpg is truncated'})]
    (tmp_path / 'results.jsonl').write_text('\n'.join(lines) + '\n')
    images = load_predictions(tmp_path / 'results.jsonl', 4)
    assert np.array_equal(images['imgs/img_7.jpg'].polygons, [[(0, 0), (9, 0), (9, 5)]])
    assert len(images['b.jpg']) == 0
    assert load_ground_truths(tmp_path / 'results.jsonl', 4).keys() == images.keys()


def test_no_json(tmp_path):
    (tmp_path / 'data.json').write_text('{')
    with pytest.raises(ValueError, match=r'data\.json is not JSON in UTF-8'):
        read_json(tmp_path / 'data.json')


@pytest.mark.parametrize(('file', 'name', 'number'), [
    ('gt_img_7.txt', 'img_7', 7),
    ('a.zip/poly_gt_img7.txt', 'img7', 7),
    ('res_img_7.txt', 'img_7', 7),
    ('7.txt', '7', 7),
    ('0007.txt', '0007', 7),
    ('C:\\found\\res_IMG_0059.JPG.txt', 'img_0059', 59),
    ('IMG_0059.gt', 'img_0059', 59),
    ('2015/img_3.v2.txt', 'img_3.v2', 2),
    ('street.png', 'street', None),
])
def test_name_and_number(file, name, number):
    assert image_name(file) == name
    assert image_number(file) == number


@pytest.mark.parametrize(('names', 'others', 'pairs'), [
    (['gt_img_7.txt', 'gt_img_10.txt'], ['res_img_10.txt'], {'gt_img_10.txt': 'res_img_10.txt'}),
    (['poly_gt_img7.txt'], ['7.txt'], {'poly_gt_img7.txt': '7.txt'}),
    (['a.png', 'b.png'], ['x/B.json'], {'b.png': 'x/B.json'}),
    # Names come before numbers.
    (['img_1_v2.txt', 'img_2_v2.txt'], ['img_2_v2.txt'], {'img_2_v2.txt': 'img_2_v2.txt'}),
    ([], [], {}),
    (['1.txt'], [], {}),
])
def test_pairing(names, others, pairs):
    assert pair_names(names, others) == pairs


@pytest.mark.parametrize(('names', 'others', 'message'), [
    (['gt_1.txt'], ['res_2.txt', 'res_3.txt'], r'2 predictions belong to no ground truth: res_2\.txt, res_3\.txt$'),
    (['gt_1.txt', 'gt_a1.txt'], ['2.txt'], r'ground truths cannot be told apart: gt_1\.txt and gt_a1\.txt have'),
    (['1.txt'], ['a1.txt', 'b1.txt'], r'predictions cannot be told apart: a1\.txt and b1\.txt have the same number 1'),
    (['1.txt'], ['a.txt'], r'a\.txt has no number in its name'),
])
def test_what_cannot_be_paired(names, others, message):
    with pytest.raises(ValueError, match=message):
        pair_names(names, others)


def test_images_are_in_the_order_of_numbers_and_may_have_no_predictions():
    truths = {name: without_text(name) for name in ('gt_10.txt', 'gt_9.txt')}
    pairs = pair_images(truths, {'res_10.txt': without_text('res_10.txt')})
    assert [(a.name, b.name) for a, b in pairs] == [('gt_9.txt', 'gt_9.txt'), ('gt_10.txt', 'res_10.txt')]
    assert len(pairs[0][1]) == 0
