"""The data set: good files load, wrong ones are named, a few broken images do not stop training."""

import copy
import json

import cv2
import numpy as np
import pytest
from mmocr.registry import DATASETS
from torch.utils.data import DataLoader

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.datasets.text_det_dataset import MAX_BROKEN_IN_A_ROW, TextDetDataset
from dbnetpp_plugin.images.errors import BrokenImageError

LOAD = [
    {'type': 'LoadImageFromFile'},
    {'type': 'LoadOCRAnnotations', 'with_polygon': True, 'with_bbox': True, 'with_label': True, 'with_text': True},
]
SQUARE = [1.0, 1.0, 9.0, 1.0, 9.0, 9.0, 1.0, 9.0]
TWO_POINTS = {**make_instance(SQUARE), 'polygon': [1.0, 1.0, 2.0, 2.0]}


@pytest.fixture
def folder(tmp_path):
    """Four images of 20 x 10: one with a word, one without text, one with ignored text, one small with a word."""
    sizes = {'word': (20, 10), 'empty': (20, 10), 'ignored': (20, 10), 'small': (20, 9)}
    (tmp_path / 'imgs').mkdir()
    for name, (width, height) in sizes.items():
        cv2.imwrite(str(tmp_path / f'imgs/{name}.png'), np.full((height, width, 3), 7, np.uint8))
    instances = {
        'word': [make_instance(SQUARE, text='a')], 'empty': [],
        'ignored': [make_instance(SQUARE, ignore=True, text='###')], 'small': [make_instance(SQUARE, text='b')],
    }
    write_annotations(
        tmp_path / 'a.json',
        [make_entry(f'imgs/{name}.png', *size, instances[name]) for name, size in sizes.items()])
    return tmp_path


def build(folder, **kwargs):
    return DATASETS.build({'type': 'TextDetDataset', 'data_root': str(folder), 'ann_file': 'a.json', **kwargs})


def rewrite(folder, change):
    """Let ``change`` edit the list of entries of the annotation file."""
    data = json.loads((folder / 'a.json').read_text())
    change(data['data_list'])
    (folder / 'a.json').write_text(json.dumps(data))


def names(dataset):
    return [dataset.get_data_info(i)['img_path'].rsplit('/', 1)[1][:-4] for i in range(len(dataset))]


@pytest.mark.parametrize('serialize_data', [True, False])
@pytest.mark.parametrize('test_mode', [True, False])
def test_loads_all_images_by_default(folder, serialize_data, test_mode):
    dataset = build(folder, pipeline=LOAD, serialize_data=serialize_data, test_mode=test_mode)
    assert names(dataset) == ['word', 'empty', 'ignored', 'small']
    results = dataset[0]
    assert results['img'].shape == (10, 20, 3)
    np.testing.assert_array_equal(results['gt_polygons'][0], np.float32(SQUARE))
    assert (results['gt_texts'], results['gt_ignored'].tolist()) == (['a'], [False])
    assert dataset[1]['gt_polygons'] == []
    assert dataset[2]['gt_ignored'].tolist() == [True]
    assert dataset.metainfo['dataset_type'] == 'TextDetDataset'


def test_lazy_data_set_reads_nothing_until_asked(tmp_path):
    dataset = build(tmp_path, lazy_init=True)
    with pytest.raises(FileNotFoundError, match=r'no annotation file .*a\.json'):
        dataset.full_init()


def test_missing_annotation_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no annotation file .*a\.json.*dbnetpp prepare'):
        build(tmp_path)


def test_wrong_annotation_file(folder):
    rewrite(folder, lambda entries: entries[2].pop('width'))
    with pytest.raises(ValueError, match=r"a\.json: entry 2: field 'width' is missing"):
        build(folder)


@pytest.mark.parametrize('test_mode', [True, False])
def test_no_images_at_all(folder, test_mode):
    rewrite(folder, lambda entries: entries.clear())
    with pytest.raises(ValueError, match=r'there are no images in .*a\.json$'):
        build(folder, test_mode=test_mode)


@pytest.mark.parametrize(('rules', 'left'), [
    ({}, ['word', 'empty', 'ignored', 'small']),
    ({'filter_empty_gt': False}, ['word', 'empty', 'ignored', 'small']),
    ({'filter_empty_gt': True}, ['word', 'small']),
    ({'min_size': 9}, ['word', 'empty', 'ignored', 'small']),
    ({'min_size': 10}, ['word', 'empty', 'ignored']),
    ({'filter_empty_gt': True, 'min_size': 10}, ['word']),
])
def test_filters(folder, log, rules, left):
    assert names(build(folder, filter_cfg=rules)) == left
    expected = [f'leaves out {4 - len(left)} of 4 images'] if len(left) < 4 else []
    assert [message.rsplit('} ', 1)[1] for message in log] == expected


def test_filters_do_not_touch_a_test_split(folder):
    assert len(build(folder, filter_cfg={'filter_empty_gt': True, 'min_size': 100}, test_mode=True)) == 4


def test_filters_that_leave_nothing(folder):
    with pytest.raises(ValueError, match=r"no images in .*a\.json after filter_cfg=\{'min_size': 11\} left out all 4"):
        build(folder, filter_cfg={'min_size': 11})


def test_unknown_filter(folder):
    with pytest.raises(ValueError, match='filter_cfg knows filter_empty_gt, min_size, got smallest'):
        build(folder, filter_cfg={'smallest': 3})


def test_training_drops_bad_instances_with_one_warning(folder, log):
    def spoil(entries):
        entries[0]['instances'] = [copy.deepcopy(TWO_POINTS), entries[0]['instances'][0], copy.deepcopy(TWO_POINTS)]
        entries[1]['instances'] = [copy.deepcopy(TWO_POINTS)] * 5
    rewrite(folder, spoil)
    dataset = build(folder, pipeline=LOAD)
    assert len(log) == 1
    assert log[0].startswith('WARNING: ')
    assert '7 of 10 instances have no usable outline' in log[0]
    assert 'imgs/word.png instance 0 (polygon has 2 points, fewer than 3), imgs/word.png instance 2 (' in log[0]
    assert log[0].count('imgs/') == 5
    assert log[0].endswith(' and 2 more; they are left out')
    assert dataset[0]['gt_texts'] == ['a']
    assert dataset[1]['gt_polygons'] == []


def test_testing_refuses_bad_instances(folder):
    rewrite(folder, lambda entries: entries[0]['instances'].append(TWO_POINTS))
    with pytest.raises(ValueError, match=r'a\.json: 1 of 4 instances .*: imgs/word\.png instance 1 \(.*scores'):
        build(folder, test_mode=True)


def test_training_refuses_a_file_with_bad_instances_only(folder):
    def nest(entries):
        for entry in entries:
            for instance in entry['instances']:
                instance['polygon'] = [instance['polygon'][:2], instance['polygon'][2:4], instance['polygon'][4:6]]
    rewrite(folder, nest)
    with pytest.raises(ValueError, match=r'3 of 3 instances .*polygon holds \[1\.0, 1\.0\]'):
        build(folder)


def break_images(folder, *broken):
    for name in broken:
        (folder / f'imgs/{name}.png').write_bytes(b'no image')


@pytest.mark.parametrize('loader', ['LoadImageFromFile', 'LoadEncodedImage'])
def test_training_takes_another_image_for_a_broken_one(folder, log, loader):
    break_images(folder, 'empty', 'small')
    dataset = build(folder, pipeline=[{'type': loader}])
    for _ in range(3):
        assert dataset[1]['img_path'].endswith(('word.png', 'ignored.png'))
    broken = [message for message in log if 'broken image' in message]
    assert 'WARNING: skipped a broken image, 1 of 4 so far in this process: ' in broken[0]
    assert 'empty.png' in broken[0]
    assert len(broken) == len({message.split('process: ')[1] for message in broken}) <= 2


def test_training_takes_another_image_for_a_missing_one(folder, log):
    (folder / 'imgs/word.png').unlink()
    assert not build(folder, pipeline=LOAD)[0]['img_path'].endswith('word.png')
    assert 'word.png' in log[0]


@pytest.mark.parametrize('error', [BrokenImageError, OSError])
def test_few_broken_images_are_named_all_are_counted(folder, log, error):
    entries = [make_entry(f'imgs/{i}.png', 20, 10, []) for i in range(120)]
    write_annotations(folder / 'a.json', entries)

    def read(results):
        if results['sample_idx'] < 110:
            raise error(f'image {results["img_path"]} is broken')
        return results
    dataset = build(folder, pipeline=[read])
    for i in range(110):
        assert dataset.prepare_data(i) is None
        assert dataset.prepare_data(110) is not None
    counts = [int(message.split('image, ')[1].split(' of ')[0]) for message in log]
    assert counts == [1, 2, 3, 4, 5, 100]
    assert all(message.count('.png') == 1 for message in log)


def test_wrong_folder_stops_training_soon(folder):
    reads = []

    def read(results):
        reads.append(results['img_path'])
        raise FileNotFoundError(results['img_path'])
    dataset = build(folder, data_prefix={'img_path': 'pictures'}, pipeline=[read])
    message = rf'{MAX_BROKEN_IN_A_ROW} images in a row from {folder}/pictures could not be read, .*: check data_root'
    with pytest.raises(RuntimeError, match=message):
        dataset[0]
    assert len(reads) == MAX_BROKEN_IN_A_ROW


def test_broken_images_in_a_row_are_forgiven_after_a_good_one(folder):
    broken = [True] * (MAX_BROKEN_IN_A_ROW - 1) + [False]
    calls = iter(broken * 3)

    def read(results):
        if next(calls):
            raise BrokenImageError('broken')
        return results
    dataset = build(folder, pipeline=[read])
    for _ in range(3):
        assert dataset[0]['img_path']


PACK = {'type': 'PackTextDetInputs', 'meta_keys': ('img_path', 'ori_shape', 'img_shape')}


@pytest.mark.parametrize('workers', [0, 2])
def test_testing_puts_ignored_text_in_place_of_a_broken_image(folder, log, workers):
    break_images(folder, 'word')
    (folder / 'imgs/ignored.png').unlink()
    dataset = build(folder, pipeline=[*LOAD, {'type': 'Resize', 'scale': (32, 32), 'keep_ratio': True}, PACK],
                    test_mode=True)
    broken, good, missing, _ = DataLoader(dataset, num_workers=workers, batch_size=None, collate_fn=lambda x: x)
    for sample, name in ((broken, 'word'), (missing, 'ignored')):
        assert sample['data_samples'].img_path.endswith(f'imgs/{name}.png')
        assert sample['data_samples'].gt_instances.ignored.tolist() == [True]
        assert sample['inputs'].shape == (3, 32, 32)
        assert not sample['inputs'].any()
    assert good['inputs'].any()
    assert [path.rsplit('/', 1)[1] for path in dataset.broken_images()] == ['word.png', 'ignored.png']
    assert workers or 'skipped a broken image, 1 of 4' in log[0]
    dataset.forget_broken_images()
    assert dataset.broken_images() == []


def test_testing_with_an_encoded_image(folder):
    image = cv2.imencode('.jpg', np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8))[1].tobytes()
    (folder / 'imgs/word.png').write_bytes(image[:len(image) // 2])
    dataset = build(folder, pipeline=[{'type': 'LoadEncodedImage'}, *LOAD[1:], {'type': 'DBTextAugment'}],
                    test_mode=True)
    results = dataset[0]
    assert results['gt_ignored'].all()
    assert not results['img'].any()
    assert len(dataset.broken_images()) == 1


def test_testing_stops_where_not_even_the_first_images_can_be_read(folder):
    write_annotations(folder / 'a.json', [make_entry(f'{i}.png', 20, 10, []) for i in range(50)])
    dataset = build(folder, pipeline=LOAD, test_mode=True)
    with pytest.raises(RuntimeError, match=f'{MAX_BROKEN_IN_A_ROW} images in a row from .* could not be read'):
        [dataset[i] for i in range(50)]


def test_testing_goes_on_where_broken_images_follow_each_other(folder):
    good = make_entry('imgs/word.png', 20, 10, [])
    write_annotations(folder / 'a.json', [good, *(make_entry(f'{i}.png', 20, 10, []) for i in range(50))])
    dataset = build(folder, pipeline=LOAD, test_mode=True)
    assert len([dataset[i] for i in range(51)]) == 51
    assert len(dataset.broken_images()) == 50


def test_other_errors_are_not_hidden(folder):
    def fail(_):
        raise KeyError('gt_polygons')
    with pytest.raises(KeyError, match='gt_polygons'):
        build(folder, pipeline=[fail])[0]


def test_a_pipeline_that_gives_none_is_asked_again(folder):
    answers = iter([None, None, 'sample'])
    assert build(folder, pipeline=[lambda _: next(answers)])[0] == 'sample'


def test_concatenated_with_a_pipeline_of_the_whole(folder, log):
    part = {'type': 'TextDetDataset', 'data_root': str(folder), 'ann_file': 'a.json'}
    both = DATASETS.build({
        'type': 'ConcatDataset', 'pipeline': LOAD,
        'datasets': [part, {**part, 'filter_cfg': {'filter_empty_gt': True}}],
    })
    assert len(both) == 6
    assert [both[i]['img_path'].rsplit('/', 1)[1] for i in (0, 4, 5)] == ['word.png', 'word.png', 'small.png']
    break_images(folder, 'small')
    assert both[5]['img_path'].endswith('word.png')
    assert any('small.png' in message for message in log)


def test_workers_read_the_same_samples(folder):
    dataset = build(folder, pipeline=LOAD)
    loader = DataLoader(dataset, num_workers=2, batch_size=None, collate_fn=lambda sample: sample['img_path'])
    assert list(loader) == [dataset[i]['img_path'] for i in range(4)]


def test_is_the_registered_class():
    assert DATASETS.get('TextDetDataset') is TextDetDataset


@pytest.mark.parametrize('test_mode', [True, False])
def test_only_ignored_text_is_told(folder, log, test_mode):
    build(folder, test_mode=test_mode)
    assert log == []

    def ignore(entries):
        for entry in entries:
            for instance in entry['instances']:
                instance['ignore'] = True
    rewrite(folder, ignore)
    build(folder, test_mode=test_mode)
    (message,) = log
    assert message.endswith('a.json: all 3 instances are marked to be ignored: no text counts')
