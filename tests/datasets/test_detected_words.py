"""Words in the outlines that a detector gives them."""

import json

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.datasets.detected_words import detected_outlines
from dbnetpp_plugin.datasets.word_crops import write_word_crops


def quad(left, top, right, bottom):
    return [left, top, right, top, right, bottom, left, bottom]


ENTRIES = [
    make_entry('imgs/a.png', 200, 100, [
        make_instance(quad(10, 10, 90, 30), text='found'),
        make_instance(quad(10, 50, 90, 70), text='missed'),
        make_instance(quad(110, 10, 190, 30), text='ignored', ignore=True),
        make_instance([170, 70, 110, 70, 110, 50, 170, 50], text='head'),  # upside down
    ]),
    make_entry('imgs/b.png', 200, 100, [make_instance(quad(0, 0, 60, 20), text='unseen')]),
]


@pytest.fixture
def results(tmp_path):
    found = [quad(110, 10, 190, 30), quad(108, 48, 172, 72), quad(14, 8, 92, 31), quad(0, 80, 60, 99)]
    record = {'path': 'elsewhere/a.png', 'width': 200, 'height': 100, 'scores': [0.9] * 4,
              'polygons': [np.reshape(polygon, (4, 2)).tolist() for polygon in found]}
    (tmp_path / 'results.jsonl').write_text(json.dumps(record) + '\n')
    return tmp_path / 'results.jsonl'


def test_matches_begin_where_the_annotation_does(results):
    assert detected_outlines(ENTRIES, results) == [
        {0: quad(14, 8, 92, 31), 3: [172, 72, 108, 72, 108, 48, 172, 48]}, {}]


def test_words_are_cut_out_as_they_were_found(results, tmp_path):
    (tmp_path / 'imgs').mkdir()
    image = np.zeros((100, 200, 3), np.uint8)
    image[60:73, 107:173] = 255  # the lower half of the word that stands on its head
    for name in 'ab':
        cv2.imwrite(str(tmp_path / 'imgs' / f'{name}.png'), image)
    write_annotations(tmp_path / 'textdet_train.json', ENTRIES)
    counts = write_word_crops(tmp_path / 'textdet_train.json', tmp_path, tmp_path / 'out', detections=results)
    assert (counts.words, counts.missed, counts.ignored) == (2, 2, 1)
    assert str(counts) == '2 words; left out: 2 not detected, 1 ignored'
    data = json.loads((tmp_path / 'out' / 'textrecog_train.json').read_text())['data_list']
    assert [entry['instances'][0]['text'] for entry in data] == ['found', 'head']
    crop = cv2.imread(str(tmp_path / 'out' / data[1]['img_path']))
    assert crop.shape == (26, 70, 3)  # 24 x 64 pixels, and the margin
    assert crop[2:10, 8:-8].min() > 200
    assert crop[-10:].max() < 50


def test_no_results(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there are no results .*none\.jsonl'):
        detected_outlines(ENTRIES, tmp_path / 'none.jsonl')


def test_results_of_other_images(tmp_path):
    record = {'path': 'c.png', 'polygons': [], 'scores': []}
    (tmp_path / 'results.jsonl').write_text(json.dumps(record) + '\n')
    with pytest.raises(ValueError, match='cannot be paired'):
        detected_outlines(ENTRIES, tmp_path / 'results.jsonl')
