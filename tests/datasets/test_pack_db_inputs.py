import copy

import numpy as np
import pytest
import torch
from mmengine.structures import PixelData
from mmocr.registry import TRANSFORMS
from mmocr.structures import TextDetDataSample
from torch.utils.data import DataLoader, Dataset

from dbnetpp_plugin.datasets.transforms.pack_db_inputs import MAPS, PackDBInputs, pack_together


@pytest.fixture
def results() -> dict:
    random = np.random.default_rng(0)
    return {
        'img': random.integers(0, 256, (6, 8, 3), dtype=np.uint8),
        'img_path': 'a/b.jpg',
        'ori_shape': (60, 80),
        'img_shape': (6, 8),
        'scale_factor': (0.1, 0.1),
        'gt_polygons': [np.array([0, 0, 5, 0, 5, 4], np.float32)],
        'gt_bboxes': np.array([[0, 0, 5, 4]], np.float32),
        'gt_bboxes_labels': np.array([0]),
        'gt_ignored': np.array([True]),
        'gt_texts': ['word'],
        'gt_shrink_map': random.integers(0, 2, (6, 8), dtype=np.uint8),
        'gt_shrink_mask': random.integers(0, 2, (6, 8), dtype=np.uint8),
        'gt_threshold_map': random.uniform(0.3, 0.7, (6, 8)).astype(np.float16),
        'gt_threshold_mask': random.integers(0, 2, (6, 8), dtype=np.uint8),
        'valid_polygon': np.zeros((4, 2), np.float32),
    }


def test_image_and_metainfo_are_packed(results: dict) -> None:
    before = copy.deepcopy(results)
    packed = TRANSFORMS.build({'type': 'PackDBInputs'})(results)
    assert packed.keys() == {'inputs', 'data_samples'}
    assert packed['inputs'].dtype == torch.uint8
    assert packed['inputs'].is_contiguous()
    np.testing.assert_array_equal(packed['inputs'].permute(1, 2, 0), results['img'])
    sample = packed['data_samples']
    assert isinstance(sample, TextDetDataSample)
    assert set(sample.metainfo_keys()) == {'img_path', 'ori_shape', 'img_shape', 'scale_factor'}
    assert sample.img_path == 'a/b.jpg'
    np.testing.assert_equal(results, before)


def test_instances_are_packed_if_wanted(results: dict) -> None:
    assert 'gt_instances' not in PackDBInputs()(results)['data_samples']
    instances = PackDBInputs(keep_instances=True)(results)['data_samples'].gt_instances
    np.testing.assert_array_equal(instances.polygons, results['gt_polygons'])
    assert instances.bboxes.tolist() == [[0, 0, 5, 4]]
    assert instances.labels.tolist() == [0]
    assert instances.ignored.tolist() == [True]
    assert instances.texts == ['word']


def test_a_sample_is_one_block_of_memory(results: dict) -> None:
    packed = PackDBInputs()(results)
    tensors = [packed['inputs'], *packed['data_samples'].gt_db_maps.values()]
    assert len({tensor.untyped_storage().data_ptr() for tensor in tensors}) == 1
    assert tensors[0].untyped_storage().nbytes() == 6 * 8 * (3 + 1 + 1 + 2 + 1)


def test_a_sample_comes_from_a_worker_as_it_was(results: dict) -> None:
    class Samples(Dataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> dict:
            return PackDBInputs()(results)

    loader = DataLoader(Samples(), batch_size=None, num_workers=1)
    for here, there in zip(map(Samples().__getitem__, range(2)), loader, strict=True):
        assert torch.equal(here['inputs'], there['inputs'])
        for name in MAPS:
            sent, received = (getattr(packed['data_samples'].gt_db_maps, name) for packed in (here, there))
            assert torch.equal(sent, received)


def test_label_maps_keep_their_type(results: dict) -> None:
    maps = PackDBInputs()(results)['data_samples'].gt_db_maps
    assert isinstance(maps, PixelData)
    assert sorted(maps.keys()) == sorted(MAPS)
    assert maps.shape == (6, 8)
    for name in MAPS:
        label_map = getattr(maps, name)
        assert label_map.shape == (1, 6, 8)
        assert label_map.dtype == (torch.float16 if name == 'threshold_map' else torch.uint8)
        np.testing.assert_array_equal(label_map[0], results[f'gt_{name}'])


def test_meta_keys_are_chosen(results: dict) -> None:
    sample = PackDBInputs(meta_keys=('img_path',))(results)['data_samples']
    assert sample.metainfo == {'img_path': 'a/b.jpg'}


def test_missing_label_maps_are_named(results: dict) -> None:
    del results['gt_shrink_map'], results['gt_threshold_mask']
    with pytest.raises(ValueError, match=r'^a/b\.jpg: PackDBInputs needs gt_shrink_map, gt_threshold_mask; put '
                                         'GenerateDBTargets before it in the pipeline$'):
        PackDBInputs()(results)


def test_before_there_are_label_maps_it_packs_as_mmocr_does(results: dict) -> None:
    for name in MAPS:
        del results[f'gt_{name}']
    packed = PackDBInputs()(results)
    assert 'gt_db_maps' not in packed['data_samples']
    np.testing.assert_array_equal(packed['data_samples'].gt_instances.polygons, results['gt_polygons'])
    del results['img']
    assert packed.keys() - PackDBInputs()(results).keys() == {'inputs'}


def test_it_packs_all_there_is_if_that_is_asked_for(results: dict) -> None:
    sample = PackDBInputs(meta_keys=tuple(results))(results)['data_samples']
    np.testing.assert_array_equal(sample.img, results['img'])
    np.testing.assert_array_equal(sample.gt_instances.polygons, results['gt_polygons'])
    assert sample.gt_db_maps.shape == (6, 8)


@pytest.mark.parametrize('view', [np.s_[:], np.s_[1:5, 2:7], np.s_[::-1, ::2]])
def test_any_view_is_packed(results: dict, view: tuple) -> None:
    image = results['img'][view]
    maps = {'bytes': results['gt_shrink_map'][view][:3, :1], 'doubles': np.random.default_rng(1).random((2, 3))}
    inputs, tensors = pack_together(image, maps)
    np.testing.assert_array_equal(inputs, image.transpose(2, 0, 1))
    for name, array in maps.items():
        np.testing.assert_array_equal(tensors[name], array)
