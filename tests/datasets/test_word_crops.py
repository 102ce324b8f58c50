"""Words cut out of a small data set, as MMOCR reads them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmocr.registry import DATASETS

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.datasets.word_crops import word_crop, write_word_crops


def quad(left: int, top: int, right: int, bottom: int) -> list[int]:
    return [left, top, right, top, right, bottom, left, bottom]


@pytest.fixture
def root(tmp_path) -> Path:
    """Two images of the same name in different folders, one that is not there, and one that is never looked at."""
    smooth = np.tile(np.linspace(0, 255, 200, dtype=np.uint8)[:, None], (100, 1, 3))
    for folder in 'ab':
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / 'x.png'), smooth)
    write_annotations(tmp_path / 'textdet_test.json', [
        make_entry('a/x.png', 200, 100, [
            make_instance(quad(10, 10, 89, 29), text='first'),
            make_instance(quad(10, 40, 89, 59), text='not', ignore=True),
            make_instance(quad(10, 40, 89, 59)),
            make_instance([5, 5, 5, 5, 5, 5, 5, 5], text='flat'),
            make_instance(quad(100, 10, 119, 89), text='下去'),
        ]),
        make_entry('b/x.png', 200, 100, [make_instance(quad(0, 0, 19, 59), text='I')]),
        make_entry('none.png', 200, 100, [make_instance(quad(0, 0, 19, 59), text='lost')]),
        make_entry('unseen.png', 200, 100, []),
    ])
    return tmp_path


def test_what_is_written(root, tmp_path):
    counts = write_word_crops(root / 'textdet_test.json', root, tmp_path / 'out')
    data = json.loads((tmp_path / 'out' / 'textrecog_test.json').read_text('utf-8'))
    assert data['metainfo'] == {'dataset_type': 'TextRecogDataset', 'task_name': 'textrecog'}
    assert [entry['instances'] for entry in data['data_list']] == [[{'text': t}] for t in ('first', '下去', 'I')]
    shapes = [cv2.imread(str(tmp_path / 'out' / entry['img_path'])).shape[:2] for entry in data['data_list']]
    assert shapes == [(20, 80), (20, 80), (60, 20)]  # the second is turned, the letter is not
    assert len({entry['img_path'] for entry in data['data_list']}) == 3
    assert (counts.words, counts.ignored, counts.textless, counts.degenerate, len(counts.broken)) == (3, 1, 1, 1, 1)
    assert 'none.png' in counts.broken[0]
    assert str(counts) == ('3 words; left out: 1 ignored, 1 without a transcription, 1 without an extent, all words of '
                           '1 images that cannot be read')


def test_mmocr_reads_it(root, tmp_path):
    write_word_crops(root / 'textdet_test.json', root, tmp_path / 'out')
    dataset = DATASETS.build(dict(
        type='OCRDataset', data_root=str(tmp_path / 'out'), ann_file='textrecog_test.json', test_mode=True, pipeline=[
            dict(type='LoadImageFromFile'), dict(type='LoadOCRAnnotations', with_text=True),
            dict(type='PackTextRecogInputs', meta_keys=())]))
    assert [item['data_samples'].gt_text.item for item in dataset] == ['first', '下去', 'I']
    crop = dataset[0]['inputs'].numpy().transpose(1, 2, 0)
    original = cv2.imread(str(root / 'a/x.png'))[10:30, 10:90]
    np.testing.assert_allclose(crop.astype(int), original.astype(int), atol=4)  # JPEG


def test_annotated_order_is_followed():
    """A word that stands on its head, as its annotation says."""
    image = np.random.default_rng(0).integers(0, 255, (50, 100, 3), dtype=np.uint8)
    crop = word_crop(image, [89, 29, 10, 29, 10, 10, 89, 10], 'word')
    np.testing.assert_array_equal(crop, np.rot90(image[10:30, 10:90], 2))


def test_height_limit(root, tmp_path):
    write_word_crops(root / 'textdet_test.json', root, tmp_path / 'out', max_side=10)
    paths = (tmp_path / 'out' / 'textrecog_imgs' / 'test').iterdir()
    assert {min(cv2.imread(str(path)).shape[:2]) for path in paths} == {10}


def test_nothing_to_cut_out(tmp_path):
    write_annotations(tmp_path / 'textdet_train.json', [make_entry('a.png', 9, 9, [make_instance(quad(0, 0, 5, 5))])])
    with pytest.raises(ValueError, match='holds no word to cut out: 0 words; left out: 1 without a transcription'):
        write_word_crops(tmp_path / 'textdet_train.json', tmp_path, tmp_path)
    with pytest.raises(FileNotFoundError, match='there is no annotation file'):
        write_word_crops(tmp_path / 'textdet_none.json', tmp_path, tmp_path)
