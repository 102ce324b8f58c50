import copy
import pickle

import numpy as np
import pytest
from mmocr.registry import TRANSFORMS

from dbnetpp_plugin.datasets.transforms.generate_db_targets import GenerateDBTargets
from dbnetpp_plugin.geometry.label_maps import label_maps

BOX = np.array([4, 4, 44, 4, 44, 24, 4, 24], np.float32)
SMALL = np.array([50, 4, 55, 4, 55, 9, 50, 9], np.float32)
NAMES = ('shrink_map', 'shrink_mask', 'threshold_map', 'threshold_mask')


def results(**changes):
    return {
        'img_path': 'pages/one.jpg',
        'img': np.zeros((32, 64, 3), np.uint8),
        'img_shape': (32, 64),
        'gt_polygons': [BOX.copy(), SMALL.copy()],
        'gt_ignored': np.array([False, False]),
        **changes,
    }


def test_adds_the_label_maps():
    done = GenerateDBTargets()(results())
    for name, expected in zip(NAMES, label_maps([BOX, SMALL], [False, False], (32, 64)), strict=True):
        np.testing.assert_array_equal(done[f'gt_{name}'], expected)
        assert done[f'gt_{name}'].dtype == expected.dtype
    assert done['gt_shrink_map'].any()


def test_everything_else_stays_as_it_was():
    before = results()
    read_only = copy.deepcopy(before)
    for array in (read_only['img'], read_only['gt_ignored'], *read_only['gt_polygons']):
        array.flags.writeable = False
    done = GenerateDBTargets()(read_only)
    assert set(done) == set(before) | {f'gt_{name}' for name in NAMES}
    for key in ('img', 'gt_ignored'):
        np.testing.assert_array_equal(done[key], before[key])
    for one, other in zip(done['gt_polygons'], before['gt_polygons'], strict=True):
        np.testing.assert_array_equal(one, other)


def test_too_small_text_does_not_become_ignored_in_the_results():
    done = GenerateDBTargets()(results())
    assert not done['gt_shrink_mask'][4:9, 50:55].any()
    assert not done['gt_ignored'].any()


def test_options_reach_the_maps():
    options = {'shrink_ratio': 0.6, 'threshold_range': (0.2, 0.8), 'min_size': 4}
    done = GenerateDBTargets(**options)(results())
    for name, expected in zip(NAMES, label_maps([BOX, SMALL], [False, False], (32, 64), **options), strict=True):
        np.testing.assert_array_equal(done[f'gt_{name}'], expected)
    assert done['gt_shrink_mask'].all()


def test_padding_is_masked():
    done = GenerateDBTargets()(results(valid_polygon=np.array([[0, 0], [20, 0], [20, 31], [0, 31]], np.float32)))
    assert done['gt_shrink_mask'][10, 20] == 1
    assert not done['gt_shrink_mask'][:, 21:].any()
    assert not done['gt_threshold_mask'][:, 21:].any()


def test_without_an_image_its_shape_is_enough():
    shape_only = results(img_shape=(32, 50))
    del shape_only['img']
    assert GenerateDBTargets()(shape_only)['gt_shrink_map'].shape == (32, 50)


def test_without_text():
    done = GenerateDBTargets()(results(gt_polygons=[], gt_ignored=np.zeros(0, bool)))
    assert done['gt_shrink_mask'].all()
    assert not done['gt_threshold_mask'].any()


@pytest.mark.parametrize(('changes', 'message'), [
    ({'gt_polygons': [BOX, BOX[:7]]}, r'pages/one\.jpg: polygon 1: .*got shape \(7,\)'),
    ({'gt_polygons': [BOX[:4], BOX]}, r'pages/one\.jpg: polygon 0: .*at least 3 points, got 2'),
    ({'gt_polygons': [BOX, BOX * np.nan]}, r'pages/one\.jpg: polygon 1: .*finite'),
    ({'gt_polygons': [BOX]}, r'pages/one\.jpg: ignored needs one flag a polygon'),
])  # fmt: skip
def test_errors_name_the_image(changes, message):
    with pytest.raises(ValueError, match=message):
        GenerateDBTargets()(results(**changes))


def test_an_image_without_a_path():
    nameless = results(gt_polygons=[BOX])
    del nameless['img_path']
    with pytest.raises(ValueError, match='an image without a path: ignored'):
        GenerateDBTargets()(nameless)


def test_is_built_from_a_config_and_travels_to_workers():
    built = TRANSFORMS.build({'type': 'GenerateDBTargets', 'threshold_range': [0.2, 0.6], 'min_size': 3})
    assert isinstance(built, GenerateDBTargets)
    one, other = built(results()), pickle.loads(pickle.dumps(built))(results())
    np.testing.assert_array_equal(one['gt_threshold_map'], other['gt_threshold_map'])
    assert repr(built) == 'GenerateDBTargets(shrink_ratio=0.4, threshold_range=[0.2, 0.6], min_size=3)'
