"""Names, records and files of results."""

import copy
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.apis import Detection
from dbnetpp_plugin.bulk.results import json_line, keep_scores, read_records, to_record
from dbnetpp_plugin.files import clashes, unique_stems, write_file
from dbnetpp_plugin.images.writing import write_jpeg


def detection() -> Detection:
    polygons = [np.array([[1, 2], [30.126, 4], [5, 6], [7, 8]], np.float32), np.full((5, 2), -1.5, np.float32)]
    return Detection(polygons, np.array([0.5, 0.87654], np.float32), 'a/ü.jpg', (20, 30))


@pytest.mark.parametrize(('paths', 'stems'), [
    (['a/x.jpg', 'b/y.png'], ['x', 'y']),
    (['a/x.jpg', 'b/x.jpg', 'x.png'], ['x', 'x_2', 'x_3']),
    (['x.jpg', 'b/x.jpg', 'x_2.jpg'], ['x', 'x_2', 'x_2_2']),
    (['x_2.jpg', 'x.jpg', 'b/x.jpg'], ['x_2', 'x', 'x_3']),
    (['X.jpg', 'x.jpg'], ['X', 'x_2']),
    (['x.jpg', 'X.jpg'], ['x', 'X_2']),
    (['a.b.jpg', 'a.c.jpg'], ['a.b', 'a.c']),
    ([], []),
    (['ü' * 150 + '.jpg', 'ü' * 151 + '.jpg', 'x' * 200 + '.jpg'], ['ü' * 100, 'ü' * 100 + '_2', 'x' * 200]),
    (['x' * 201], ['x' * 200]),
])
def test_unique_stems(paths, stems):
    assert unique_stems(paths) == stems


def test_a_million_equal_names_take_no_time():
    assert unique_stems(['x.jpg'] * 30000)[-1] == 'x_30000'  # minutes, if each began to count at 2


def test_record():
    assert to_record(detection(), 'a/ü.jpg') == {
        'path': 'a/ü.jpg', 'width': 30, 'height': 20,
        'polygons': [[[1, 2], [30.13, 4], [5, 6], [7, 8]], [[-1.5, -1.5]] * 5],
        'scores': [0.5, 0.8765]}


def test_record_of_text_that_was_read():
    reading = SimpleNamespace(**vars(detection()), texts=['añ', ''], text_scores=[0.99999, 0])
    assert to_record(reading, 'x') == {**to_record(detection(), 'x'), 'texts': ['añ', ''], 'text_scores': [1.0, 0.0]}


@pytest.mark.parametrize(('threshold', 'kept'), [(0, [0, 1]), (0.5, [0, 1]), (0.51, [1]), (0.9, [])])
def test_keep_scores(threshold, kept):
    record = {'path': 'x', 'width': 3, 'polygons': ['p', 'q'], 'scores': [0.5, 0.8765], 'texts': ['a', 'b']}
    before = copy.deepcopy(record)
    assert keep_scores(record, threshold) == {
        'path': 'x', 'width': 3, 'polygons': [['p', 'q'][i] for i in kept],
        'scores': [[0.5, 0.8765][i] for i in kept], 'texts': [['a', 'b'][i] for i in kept]}
    assert record == before


def test_lines_of_json(tmp_path):
    records = [to_record(detection(), 'a/ü.jpg'), {'path': 'line\nbreak\u2028', 'error': 'no'},
               {'path': b'\xff.jpg'.decode('utf-8', 'surrogateescape'), 'error': 'no'}]  # a name that is not UTF-8
    path = tmp_path / 'x.jsonl'
    path.write_bytes(b''.join(map(json_line, records)))
    assert list(read_records(path)) == records
    assert 'ü' in path.read_text(encoding='utf-8')
    assert path.read_bytes().count(b'\n') == 3


@pytest.mark.parametrize(('line', 'message'), [
    ('{"path": "a"', r'x\.jsonl, line 2: not JSON'), ('[]', r'line 2: not a record of an image'),
    ('{"path": "a"}', r'line 2: not a record'), ('{"error": "no"}', r'line 2: not a record'),
    ('', r'line 2: not JSON')])
def test_lines_that_are_no_records(tmp_path, line, message):
    path = tmp_path / 'x.jsonl'
    path.write_text('{"path": "a", "error": "b"}\n' + line + '\n')
    with pytest.raises(ValueError, match=message):
        list(read_records(path))


@pytest.mark.parametrize('durable', [False, True])
def test_failed_writing_leaves_the_old_file(tmp_path, monkeypatch, durable):
    path = tmp_path / 'x.json'
    write_file(b'old', path, durable)

    def full(self, data):
        with open(self, 'wb') as file:
            file.write(data[:3])
        raise OSError('no space left on device')

    monkeypatch.setattr('pathlib.Path.write_bytes', full)
    with pytest.raises(OSError, match='no space left'):
        write_file(b'newer', path, durable)
    assert path.read_bytes() == b'old'
    assert [p.name for p in tmp_path.iterdir()] == ['x.json']


def test_jpeg(tmp_path):
    image = np.full((20, 30, 3), (200, 100, 50), np.uint8)
    write_jpeg(image, tmp_path / 'ä.jpg')
    np.testing.assert_allclose(cv2.imdecode(np.fromfile(tmp_path / 'ä.jpg', np.uint8), cv2.IMREAD_COLOR), image, atol=4)


def test_jpeg_too_large_for_the_format(tmp_path):
    with pytest.raises(ValueError, match='an image of 70000x1 pixels cannot be written as JPEG'):
        write_jpeg(np.zeros((1, 70000, 3), np.uint8), tmp_path / 'x.jpg')
    assert list(tmp_path.iterdir()) == []


def test_clashes(tmp_path):
    (tmp_path / 'link').symlink_to(tmp_path)
    outputs = [tmp_path / 'a.jpg', tmp_path / 'link' / 'b.jpg']
    assert clashes(outputs, [tmp_path / 'b.jpg', tmp_path / 'c.jpg']) == [outputs[1]]
