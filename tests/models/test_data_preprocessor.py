"""DBNetPPDataPreprocessor: images as MMOCR's, label maps padded alongside, samples left as they came."""

import copy

import pytest
import torch
from mmengine.structures import InstanceData, PixelData
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample

from dbnetpp_plugin.models.data_preprocessor import DBNetPPDataPreprocessor

OPTIONS = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], bgr_to_rgb=True, pad_size_divisor=32)
SIZES = ((40, 64), (33, 30))  # of images and maps; the batch is 64 x 64
DTYPES = dict(shrink_map=torch.uint8, shrink_mask=torch.uint8, threshold_map=torch.float16, threshold_mask=torch.uint8)


def sample(size: tuple[int, int] | None) -> TextDetDataSample:
    """A sample with maps that are 1 everywhere (or none), annotations and metainfo."""
    data = TextDetDataSample(metainfo=dict(img_path='a.jpg', img_shape=size))
    data.gt_instances = InstanceData(bboxes=torch.rand(2, 4), polygons=[[0, 0, 4, 0, 4, 4]] * 2)
    if size is not None:
        data.gt_db_maps = PixelData(**{name: torch.ones(1, *size, dtype=dtype) for name, dtype in DTYPES.items()})
    return data


def batch(with_maps: bool = True) -> dict:
    generator = torch.Generator().manual_seed(0)
    images = [torch.randint(0, 256, (3, *size), generator=generator, dtype=torch.uint8) for size in SIZES]
    return dict(inputs=images, data_samples=[sample(size if with_maps else None) for size in SIZES])


def test_images_are_those_of_mmocr():
    ours, theirs = (MODELS.build(dict(type=name, **OPTIONS)) for name in (
        'DBNetPPDataPreprocessor', 'TextDetDataPreprocessor'))
    result = ours(batch(), training=True)
    torch.testing.assert_close(result['inputs'], theirs(batch(), training=True)['inputs'], rtol=0, atol=0)
    assert result['inputs'].shape == (2, 3, 64, 64)


@pytest.mark.parametrize('training', [True, False])
def test_maps_are_padded_with_zeros_at_the_right_and_bottom(training):
    result = DBNetPPDataPreprocessor(**OPTIONS)(batch(), training)
    for data, (height, width) in zip(result['data_samples'], SIZES, strict=True):
        for name, dtype in DTYPES.items():
            label_map = data.gt_db_maps.get(name)
            assert (label_map.shape, label_map.dtype) == ((1, 64, 64), dtype)
            assert (label_map[:, :height, :width] == 1).all()
            assert int(label_map.sum()) == height * width


def test_annotations_and_metainfo_come_along():
    data = batch()
    result = DBNetPPDataPreprocessor(**OPTIONS)(data, training=True)['data_samples'][1]
    torch.testing.assert_close(result.gt_instances.bboxes, data['data_samples'][1].gt_instances.bboxes)
    assert result.metainfo == dict(img_path='a.jpg', img_shape=(33, 30), batch_input_shape=(64, 64))


def test_given_samples_are_not_changed():
    data = batch()
    images, maps = list(data['inputs']), [s.gt_db_maps for s in data['data_samples']]
    before = copy.deepcopy(data)
    DBNetPPDataPreprocessor(**OPTIONS)(data, training=True)
    assert data.keys() == before.keys()
    assert all(a is b for a, b in zip(data['inputs'], images, strict=True))
    for given, kept, own_maps in zip(data['data_samples'], before['data_samples'], maps, strict=True):
        assert given.metainfo == kept.metainfo
        assert given.gt_db_maps is own_maps
        for name in DTYPES:
            torch.testing.assert_close(own_maps.get(name), kept.gt_db_maps.get(name), rtol=0, atol=0)


def test_padding_is_not_taught():
    model = DBNetPPDataPreprocessor(**OPTIONS)
    loss = MODELS.build(dict(type='DBNetPPLoss'))
    samples = model(batch(), training=True)['data_samples']
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 64, 64, generator=generator, requires_grad=True)
    threshold = torch.rand(2, 64, 64, generator=generator, requires_grad=True)
    sum(loss((logits, threshold, logits.sigmoid()), samples).values()).backward()
    for gradient in (logits.grad, threshold.grad):
        for image, (height, width) in zip(gradient, SIZES, strict=True):
            assert image[:height, :width].all()
            assert not image[height:].any()
            assert not image[:, width:].any()


def test_samples_without_maps_pass():
    result = DBNetPPDataPreprocessor(**OPTIONS)(batch(with_maps=False))
    assert result['inputs'].shape == (2, 3, 64, 64)
    assert [s.batch_input_shape for s in result['data_samples']] == [(64, 64)] * 2


@pytest.mark.parametrize('data_samples', [dict(), dict(data_samples=None)])
def test_images_alone(data_samples):
    result = DBNetPPDataPreprocessor(**OPTIONS)(dict(inputs=batch()['inputs'], **data_samples))
    assert result['inputs'].shape == (2, 3, 64, 64)
    assert result['data_samples'] is None


def test_a_batch_of_images_in_one_tensor():
    images = torch.zeros(2, 3, 40, 64, dtype=torch.uint8)
    result = DBNetPPDataPreprocessor(**OPTIONS)(dict(inputs=images, data_samples=[sample((40, 64))] * 2))
    assert result['data_samples'][0].gt_db_maps.shape == (64, 64)


def test_some_samples_without_maps():
    data = batch()
    data['data_samples'][0] = sample(None)
    with pytest.raises(ValueError, match=r'label maps \(gt_db_maps\) for 1 of 2 samples'):
        DBNetPPDataPreprocessor(**OPTIONS)(data)


@pytest.mark.parametrize('size', [(65, 64), (64, 65)])
def test_maps_larger_than_the_batch(size):
    data = batch()
    data['data_samples'][0] = sample(size)
    with pytest.raises(ValueError, match=f'label map of {size[0]}x{size[1]} pixels for a batch of images of 64x64'):
        DBNetPPDataPreprocessor(**OPTIONS)(data)
