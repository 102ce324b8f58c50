"""Names, records and files of results."""

import json

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.apis import Detection
from dbnetpp_plugin.apis.results import clashes, keep_scores, to_record, unique_stems, write_jpeg, write_json


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
])
def test_unique_stems(paths, stems):
    assert unique_stems(paths) == stems


def test_record():
    assert to_record(detection()) == {
        'path': 'a/ü.jpg', 'width': 30, 'height': 20,
        'polygons': [[[1, 2], [30.13, 4], [5, 6], [7, 8]], [[-1.5, -1.5]] * 5],
        'scores': [0.5, 0.8765]}


@pytest.mark.parametrize(('threshold', 'scores'), [(0, [0.5, 0.87654]), (0.5, [0.5, 0.87654]), (0.51, [0.87654]),
                                                   (0.9, [])])
def test_keep_scores(threshold, scores):
    kept = keep_scores(detection(), threshold)
    np.testing.assert_allclose(kept.scores, scores)
    assert [len(polygon) for polygon in kept.polygons] == [4, 5][2 - len(scores):]
    assert (kept.image, kept.size) == ('a/ü.jpg', (20, 30))


def test_json_is_utf8_a_line_each(tmp_path):
    path = tmp_path / 'x.json'
    lists = {'images': [to_record(detection()), {'b': 1}], 'failed': []}
    write_json(lists, path)
    text = path.read_text(encoding='utf-8')
    assert json.loads(text) == lists
    assert 'ü' in text
    assert [line[:9] for line in text.splitlines()] == ['{"images"', '{"path": ', '{"b": 1}]', '"failed":', ']}']
    assert [p.name for p in tmp_path.iterdir()] == ['x.json']


def test_json_holds_file_names_that_are_not_utf8(tmp_path):
    name = b'\xff.jpg'.decode('utf-8', 'surrogateescape')
    write_json({'images': [{'path': name}]}, tmp_path / 'x.json')
    assert json.loads((tmp_path / 'x.json').read_text(encoding='utf-8'))['images'][0]['path'] == name


def test_failed_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / 'x.json'
    write_json({'images': [1]}, path)

    def full(self, data):
        with open(self, 'wb') as file:
            file.write(data[:3])
        raise OSError('no space left on device')

    monkeypatch.setattr('pathlib.Path.write_bytes', full)
    with pytest.raises(OSError, match='no space left'):
        write_json({'images': [1, 2]}, path)
    assert json.loads(path.read_text()) == {'images': [1]}
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
