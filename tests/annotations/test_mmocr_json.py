"""The annotation file: what is written, what is refused, and in which words."""

import copy
import json
import os
import re

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.annotations.mmocr_json import (
    METAINFO,
    make_entry,
    make_instance,
    read_annotations,
    validate_annotations,
    write_annotations,
)

SQUARE = [1, 2, 5, 2, 5, 8, 1, 8]


def annotations(**instance):
    """One image with one instance, some of whose fields are replaced; a field set to ... is removed."""
    record = {**make_instance(SQUARE, text='a'), **instance}
    record = {key: value for key, value in record.items() if value is not ...}
    return {'metainfo': METAINFO, 'data_list': [make_entry('imgs/a.jpg', 20, 10, [record])]}


def test_same_as_mmocr_packer(tmp_path):
    from mmocr.datasets.preparers.packers import TextDetPacker
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((10, 20, 3), np.uint8))
    packer = TextDetPacker(data_root=str(tmp_path), split='train')
    polygon = [3.0, 2.0, 9.5, 1.0, 8.0, 7.0]
    theirs = packer.add_meta([packer.pack_instance((str(tmp_path / 'a.png'), [{'poly': polygon, 'ignore': True}]))])
    ours = {
        'metainfo': METAINFO,
        'data_list': [make_entry('a.png', 20, 10, [make_instance(polygon, ignore=True, text='word')])],
    }
    assert ours['data_list'][0]['instances'][0].pop('text') == 'word'  # Theirs keeps no transcription.
    assert ours == theirs


def test_instance_holds_plain_json_values():
    instance = make_instance(np.array(SQUARE, np.float32), ignore=np.bool_(True))
    assert instance == {
        'polygon': [float(value) for value in SQUARE], 'bbox': [1.0, 2.0, 5.0, 8.0], 'bbox_label': 0, 'ignore': True,
        'text': '',
    }
    json.dumps(instance)


def test_written_file_reads_back(tmp_path):
    file = tmp_path / 'new' / 'textdet_train.json'
    write_annotations(file, annotations(text='Füße 中文')['data_list'])
    assert read_annotations(file) == annotations(text='Füße 中文')
    assert 'Füße 中文' in file.read_text(encoding='utf-8')
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize('content', [[float('nan')], [object()]])
def test_failed_write_leaves_the_old_file(tmp_path, content):
    file = tmp_path / 'textdet_train.json'
    write_annotations(file, [])
    before = file.read_text()
    with pytest.raises((ValueError, TypeError)):
        write_annotations(file, content)
    assert file.read_text() == before
    assert os.listdir(tmp_path) == [file.name]


def test_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / 'textdet_train.json'
    write_annotations(file, [])

    def fail(*_):
        raise OSError('disk full')
    monkeypatch.setattr('pathlib.Path.replace', fail)
    with pytest.raises(OSError, match='disk full'):
        write_annotations(file, annotations()['data_list'])
    assert json.loads(file.read_text())['data_list'] == []
    assert os.listdir(tmp_path) == [file.name]


def test_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no annotation file .*gone\.json.*`dbnetpp prepare`'):
        read_annotations(tmp_path / 'gone.json')


@pytest.mark.parametrize(('content', 'message'), [
    (b'{"metainfo": {},\n "data_list": [}', r'a\.json is not JSON: .* at line 2, column 16'),
    (b'', r'a\.json is not JSON: .* at line 1, column 1'),
    (b'{"a": "\xff"}', r'a\.json is not UTF-8 text: .* at byte 7'),
])
def test_unreadable_file_names_the_place(tmp_path, content, message):
    (tmp_path / 'a.json').write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_annotations(tmp_path / 'a.json')


def test_good_annotations_pass_unchanged():
    data = annotations()
    before = copy.deepcopy(data)
    assert validate_annotations(data, 'a.json') == []
    assert data == before


@pytest.mark.parametrize(('data', 'message'), [
    ([], r'^a\.json: expected an object, got list \[\]$'),
    ({'data_list': []}, r"^a\.json: field 'metainfo' is missing$"),
    ({'metainfo': {}}, r"^a\.json: field 'data_list' is missing$"),
    ({'metainfo': {}, 'data_list': {}}, r"^a\.json: field 'data_list' should be a list, got dict \{\}$"),
    ({'metainfo': {}, 'data_list': ['x']}, r"^a\.json: entry 0: expected an object, got str 'x'$"),
])
def test_wrong_file_structure(data, message):
    with pytest.raises(ValueError, match=message):
        validate_annotations(data, 'a.json')


@pytest.mark.parametrize(('field', 'value', 'message'), [
    ('img_path', 5, "'img_path' should be a string, got int 5"),
    ('height', '10', "'height' should be a whole number, got str '10'"),
    ('width', True, "'width' should be a whole number, got bool True"),
    ('instances', None, "'instances' should be a list, got null"),
])
def test_wrong_entry_field_names_the_entry(field, value, message):
    data = annotations()
    data['data_list'].append({**data['data_list'][0], field: value})
    with pytest.raises(ValueError, match=rf'^a\.json: entry 1: field {message}$'):
        validate_annotations(data, 'a.json')


@pytest.mark.parametrize('field', ['polygon', 'bbox', 'bbox_label', 'ignore'])
def test_missing_instance_field_names_the_image(field):
    where = r'^a\.json: entry 0 \(imgs/a\.jpg\), instance 0'
    with pytest.raises(ValueError, match=rf"{where}: field '{field}' is missing$"):
        validate_annotations(annotations(**{field: ...}), 'a.json')


@pytest.mark.parametrize('value', [0, 1, True, False])
def test_flag_may_be_zero_or_one(value):
    assert validate_annotations(annotations(ignore=value), 'a.json') == []


@pytest.mark.parametrize('value', [2, 'true', None, []])
def test_other_flags_are_refused(value):
    with pytest.raises(ValueError, match="'ignore' should be true or false"):
        validate_annotations(annotations(ignore=value), 'a.json')


@pytest.mark.parametrize(('fields', 'reason'), [
    ({'polygon': [0, 0, 1, 1]}, 'polygon has 2 points, fewer than 3'),
    ({'polygon': []}, 'polygon has 0 points, fewer than 3'),
    ({'polygon': [0, 0, 1, 1, 2, 2, 3]}, 'polygon has an odd number of values, 7'),
    ({'polygon': [0, 0, 1, 1, 2, float('nan')]}, 'polygon holds nan, not a pixel coordinate'),
    ({'polygon': [0, 0, 1, 1, float('-inf'), 2]}, 'polygon holds -inf, not a pixel coordinate'),
    ({'polygon': [0, 0, 1, 1, 2, 10 ** 400]}, 'not a pixel coordinate'),
    ({'polygon': [0, 0, 1, 1, 2, '3']}, "polygon holds '3', not a pixel coordinate"),
    ({'polygon': [[0, 0], [1, 1], [2, 3]]}, r'polygon holds \[0, 0\], not a pixel coordinate'),
    ({'polygon': [0, 0, 1, 1, 2, None]}, 'polygon holds None, not a pixel coordinate'),
    ({'bbox': [0, 0, 1]}, 'bbox has 3 values, not 4'),
    ({'bbox': [0, 0, 1, float('inf')]}, 'bbox holds inf, not a pixel coordinate'),
])
def test_unusable_outline_is_found(fields, reason):
    data = annotations()
    data['data_list'][0]['instances'].append({**data['data_list'][0]['instances'][0], **fields})
    bad, = validate_annotations(data, 'a.json')
    assert (bad.entry, bad.image, bad.instance) == (0, 'imgs/a.jpg', 1)
    assert re.search(reason, str(bad))


def test_nan_literal_in_the_file_is_found(tmp_path):
    text = json.dumps(annotations(polygon=[0, 0, 1, 1, 2, float('nan')]))
    assert 'NaN' in text
    (tmp_path / 'a.json').write_text(text)
    assert len(validate_annotations(read_annotations(tmp_path / 'a.json'), 'a.json')) == 1


def test_triangle_is_the_smallest_outline():
    assert validate_annotations(annotations(polygon=[0, 0, 1, 1, 2, 3]), 'a.json') == []


@pytest.mark.parametrize('count', [0, 1, 3])
def test_one_entry_per_line_from_any_iterable(tmp_path, count):
    entries = [make_entry(f'{i}.jpg', 20, 10, [make_instance([0, 0, 5, 0, 5, 5], text='中"\n')]) for i in range(count)]
    write_annotations(tmp_path / 'new/stream.json', iter(entries))
    assert json.loads((tmp_path / 'new/stream.json').read_text()) == {'metainfo': METAINFO, 'data_list': entries}
    lines = (tmp_path / 'new/stream.json').read_text().splitlines()
    assert [line[:11] for line in lines[1:-1]] == ['{"img_path"'] * count


def test_interrupted_writing_leaves_the_old_file(tmp_path):
    def interrupted():
        yield make_entry('a.jpg', 20, 10, [])
        raise KeyboardInterrupt
    write_annotations(tmp_path / 'a.json', [])
    before = (tmp_path / 'a.json').read_text()
    with pytest.raises(KeyboardInterrupt):
        write_annotations(tmp_path / 'a.json', interrupted())
    assert (tmp_path / 'a.json').read_text() == before
    assert os.listdir(tmp_path) == ['a.json']
