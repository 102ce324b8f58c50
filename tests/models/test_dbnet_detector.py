"""MMOCR's DBNet detector, built from configs with this package's modules: it trains, predicts, and reads files."""

import copy

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.structures import PixelData
from mmocr.apis.inferencers import TextDetInferencer
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample

BACKBONES = {
    'resnet18': (dict(type='mmdet.ResNet', depth=18, base_channels=16, stem_channels=16), [16, 32, 64, 128]),
    'resnet50_dcn': (
        dict(type='mmdet.ResNet', depth=50, base_channels=8, stem_channels=8, stage_with_dcn=(False, True, True, True),
             dcn=dict(type='TorchvisionDCNv2', deform_groups=1, fallback_on_stride=False)), [32, 64, 128, 256]),
    'mobilenet': (dict(type='TorchvisionMobileNetV3', arch='small'), [16, 24, 48, 576]),
}
ASF = [None, *(dict(attention=a, inner_channels=16) for a in ('scale_channel', 'scale_spatial',
                                                                'scale_channel_spatial'))]


def config(backbone: str = 'resnet18', asf: dict | None = ASF[-1], **loss) -> dict:
    backbone_config, in_channels = copy.deepcopy(BACKBONES[backbone])
    return dict(
        type='DBNet',
        backbone=backbone_config,
        neck=dict(type='FPNASF', in_channels=in_channels, lateral_channels=32, out_channels=8, asf=asf),
        det_head=dict(type='DBNetPPHead', in_channels=32, module_loss=dict(type='DBNetPPLoss', **loss),
                      postprocessor=dict(type='DBNetPPPostprocessor', text_repr_type='quad')),
        data_preprocessor=dict(type='DBNetPPDataPreprocessor', mean=[120.0] * 3, std=[60.0] * 3, bgr_to_rgb=True,
                               pad_size_divisor=32))


def training_batch(sizes: tuple[tuple[int, int], ...] = ((64, 96), (50, 70))) -> dict:
    """Grey images, each with a white text of 10 x 30 pixels that its label maps know of."""
    images, samples = [], []
    for size in sizes:
        image = torch.full((3, *size), 100, dtype=torch.uint8)
        text = torch.zeros(1, *size, dtype=torch.uint8)
        text[:, 20:30, 20:50] = 1
        image += text * 155
        sample = TextDetDataSample(metainfo=dict(img_shape=size, scale_factor=(1.0, 1.0)))
        sample.gt_db_maps = PixelData(
            shrink_map=text, shrink_mask=torch.ones_like(text), threshold_mask=text,
            threshold_map=torch.full(text.shape, 0.5, dtype=torch.float16))
        images.append(image)
        samples.append(sample)
    return dict(inputs=images, data_samples=samples)


@pytest.mark.parametrize('backbone', BACKBONES)
@pytest.mark.parametrize('autocast', [False, True])
def test_losses_reach_every_parameter(backbone, autocast):
    torch.manual_seed(0)
    model = MODELS.build(config(backbone))
    model.init_weights()
    data = model.data_preprocessor(training_batch(), training=True)
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=autocast):
        losses = model(**data, mode='loss')
    assert set(losses) == {'loss_prob', 'loss_thr', 'loss_db'}
    sum(losses.values()).backward()
    missing = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.isfinite().all()]
    assert not missing


@pytest.mark.parametrize('asf', ASF, ids=str)
def test_every_neck_predicts(asf):
    model = MODELS.build(config(asf=asf)).eval()
    data = training_batch()
    for sample in data['data_samples']:
        del sample.gt_db_maps
    with torch.no_grad():
        predictions = model.test_step(data)
    for prediction in predictions:
        assert len(prediction.pred_instances.polygons) == len(prediction.pred_instances.scores)


def test_a_few_steps_learn_to_find_the_text():
    torch.manual_seed(0)
    model = MODELS.build(config())
    model.init_weights()
    optimizer = torch.optim.SGD(model.parameters(), lr=7e-3, momentum=0.9)
    for _ in range(60):
        data = model.data_preprocessor(training_batch(), training=True)
        optimizer.zero_grad()
        sum(model(**data, mode='loss').values()).backward()
        optimizer.step()
    data = model.data_preprocessor(training_batch())
    prob_map = model.eval()(data['inputs'], mode='tensor').detach()
    for probabilities, sample, (height, width) in zip(prob_map, data['data_samples'], ((64, 96), (50, 70)),
                                                      strict=True):
        found, text = (m[:height, :width] for m in (probabilities > 0.3, sample.gt_db_maps.shrink_map[0] > 0))
        assert int((found & text).sum()) / int((found | text).sum()) > 0.7


def test_inferencer_reads_images_of_different_sizes():
    pipeline = [
        dict(type='LoadImageFromFile'), dict(type='Resize', scale=(96, 96), keep_ratio=True),
        dict(type='PackTextDetInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'scale_factor'))]
    inferencer = TextDetInferencer(Config(dict(
        model=config(), default_scope='mmocr', test_dataloader=dict(dataset=dict(pipeline=pipeline)))), device='cpu')
    images = [np.full((h, w, 3), 128, np.uint8) for h, w in ((40, 90), (90, 40), (64, 64))]
    predictions = inferencer(images, batch_size=2, progress_bar=False)['predictions']
    assert [set(p) for p in predictions] == [{'polygons', 'scores'}] * 3
