"""The two halves of a model: the same as the whole, in other precisions, over several scales; and models without."""

import copy

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.structures import InstanceData
from mmocr.structures import TextDetDataSample
from torch import nn

from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.network import Network

MODEL = dict(
    type='DBNet',
    data_preprocessor=dict(type='DBNetPPDataPreprocessor', mean=[123] * 3, std=[58] * 3, pad_size_divisor=32),
    backbone=dict(type='mmdet.ResNet', depth=18, base_channels=8, stem_channels=8, out_indices=(0, 1, 2, 3)),
    neck=dict(type='FPNASF', in_channels=[8, 16, 32, 64], lateral_channels=16, out_channels=8,
              asf=dict(attention='scale_channel_spatial', inner_channels=16)),
    det_head=dict(type='DBNetPPHead', in_channels=32,
                  postprocessor=dict(type='DBNetPPPostprocessor', text_repr_type='quad', mask_thr=0.5,
                                     min_text_width=2)))


@pytest.fixture(scope='module')
def model():
    """Random, but each pixel of the features gives 4 x 4 equal pixels, and half of them are text."""
    torch.manual_seed(0)
    built = build_model(Config(dict(model=MODEL)))
    branch = built.det_head.binarize
    for layer in (branch[3], branch[6]):
        layer.weight.data = torch.randn_like(layer.weight[..., :1, :1]).repeat(1, 1, 2, 2)
    maps, _ = Network(built).maps(batch((128, 192), (100, 220)))
    branch[6].bias.data -= maps.logit().median()
    return built


def batch(*sizes: tuple[int, int], seed: int = 1) -> dict:
    generator = torch.Generator().manual_seed(seed)
    spots = [torch.rand((1, 3, size[0] // 16, size[1] // 16), generator=generator) for size in sizes]
    images = [(255 * nn.functional.interpolate(low, size, mode='bilinear')[0]).byte()
              for low, size in zip(spots, sizes, strict=True)]
    samples = [TextDetDataSample(metainfo=dict(img_shape=size, ori_shape=size, scale_factor=(1.0, 1.0)))
               for size in sizes]
    return dict(inputs=images, data_samples=samples)


def test_halves_together_are_the_whole(model):
    data = batch((128, 192), (100, 220))
    with torch.inference_mode():
        whole = model.test_step(copy.deepcopy(data))
    network = Network(model)
    found = network.texts(*network.maps(data))
    for ours, expected in zip(found, whole, strict=True):
        assert len(expected.pred_instances.polygons) > 3
        np.testing.assert_allclose(ours.pred_instances.polygons, expected.pred_instances.polygons, atol=1e-2)
        torch.testing.assert_close(ours.pred_instances.scores, expected.pred_instances.scores, atol=1e-4, rtol=0)


@pytest.mark.parametrize('precision', ['bfloat16', 'float16'])
def test_less_precision_moves_probabilities_a_little(model, precision):
    exact, _ = Network(model).maps(batch((64, 96)))
    rounded, _ = Network(model, precision).maps(batch((64, 96)))
    assert rounded.dtype == torch.float32
    assert 1e-6 < (rounded - exact).abs().mean() < 0.05


def test_mean_with_other_sizes_is_taken_at_the_size_of_the_first(model):
    """Of two images of 64x96 and 64x64 pixels, seen at twice the size as well."""
    data, others = batch((64, 96), (64, 64)), batch((128, 192), (128, 128), seed=2)
    network = Network(model)
    mean, samples = network.maps(data, [others])
    (first, _), (second, _) = network.maps(data), network.maps(others)
    for index, width in enumerate((96, 64)):
        part = second[index, :, :2 * width][None, None]
        smaller = nn.functional.interpolate(part, (64, width), mode='bilinear')[0, 0]
        torch.testing.assert_close(mean[index, :, :width], (first[index, :, :width] + smaller) / 2, atol=1e-5, rtol=0)
    torch.testing.assert_close(mean[1, :, 64:], first[1, :, 64:], atol=0, rtol=0)  # padding
    assert [sample.img_shape for sample in samples] == [(64, 96), (64, 64)]


def test_tiles(model):
    data = batch((64, 160))
    whole, _ = Network(model, tile=160).maps(data)
    torch.testing.assert_close(whole, Network(model).maps(data)[0], atol=0, rtol=0)
    parts, _ = Network(model, tile=96).maps(data)
    assert parts.shape == whole.shape
    assert not torch.equal(parts, whole)  # a network sees less at the border of a tile


def test_model_stays_as_it_is(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    Network(model, 'bfloat16').maps(batch((64, 64)))
    after = model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


class Whole(BaseModel):
    """A model that is not made of backbone, neck and head."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(()))

    def forward(self, inputs, data_samples, mode='predict'):
        for sample in data_samples:
            sample.pred_instances = InstanceData(polygons=[], scores=torch.zeros(0))
        return data_samples


def test_model_without_halves_is_run_as_it_is():
    network = Network(Whole().eval())
    (sample,) = network.texts(*network.maps(batch((64, 64))))
    assert sample.pred_instances.polygons == []


def test_model_without_halves_has_one_scale():
    with pytest.raises(ValueError, match='the model gives no map of which the mean over several scales could be taken'):
        Network(Whole().eval()).maps(batch((64, 64)), [batch((128, 128))])
    with pytest.raises(ValueError, match='Whole gives no map that tiles could be put together in'):
        Network(Whole().eval(), tile=64)


@pytest.mark.parametrize(('arguments', 'message'), [
    (dict(precision='double'), "the precision is one of float32, bfloat16, float16, got 'double'"),
    (dict(tile=0), 'the side of tiles is a positive number of pixels, got 0'),
])
def test_bad_arguments(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        Network(model, **arguments)


class Two(nn.Module):
    def forward(self, images):
        return images[:, 0], images[:, 1]


class Channels(nn.Module):
    def forward(self, images):
        return images


class Half(nn.Module):
    def forward(self, images):
        return images[:, 0, ::2, ::2]


@pytest.mark.parametrize(('to_maps', 'message'), [
    (Two(), 'the head gives tuple'), (Channels(), 'the head gives a tensor of 4 dimensions')])
def test_several_maps_have_no_mean_and_no_tiles(model, to_maps, message):
    network, in_tiles = Network(model), Network(model, tile=32)
    network._to_maps = in_tiles._to_maps = to_maps
    with pytest.raises(ValueError, match=message):
        network.maps(batch((64, 64)), [batch((128, 128))])
    with pytest.raises(ValueError, match=message):
        in_tiles.maps(batch((64, 64)))


def test_smaller_maps_have_no_tiles(model):
    network = Network(model, tile=32)
    network._to_maps = Half()
    with pytest.raises(ValueError, match=r'of the size of the image, \(32, 32\), but the head gives \(16, 16\)'):
        network.maps(batch((64, 64)))
