"""Broken images do not end a validation, do not change its figures, and are told of at its end."""

import cv2
import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData
from toy_runs import ToyDetector, ToyImages, toy_runner

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations

SQUARE = [2, 2, 12, 2, 12, 12, 2, 12]
PIPELINE = [dict(type='LoadImageFromFile'), dict(type='Resize', scale=(64, 64), keep_ratio=True),
            dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
            dict(type='PackTextDetInputs', meta_keys=('img_path', 'ori_shape', 'img_shape'))]


class Finder(ToyDetector):
    """Finds the square, and another that covers nearly all of a picture of 64 x 64 and more."""

    def forward(self, inputs, data_samples=None, mode='loss'):
        if mode == 'loss':
            return super().forward(inputs, data_samples, mode)
        for image, sample in zip(inputs, data_samples, strict=True):
            blank = not image.any()
            found = [-20, -20, 84, -20, 84, 84, -20, 84] if blank else sample.gt_instances.polygons[0]
            sample.pred_instances = InstanceData(polygons=[np.float32(found)], scores=torch.ones(1))
        return data_samples


def run(folder, broken: list[int], workers: int = 0, wrap=lambda dataset: dataset):
    (folder / 'imgs').mkdir()
    for i in range(5):
        cv2.imwrite(str(folder / f'imgs/{i}.jpg'), np.full((64, 64, 3), 90, np.uint8))
    for i in broken:
        path = folder / f'imgs/{i}.jpg'
        path.write_bytes(path.read_bytes()[:150])
    write_annotations(folder / 'a.json', [make_entry(f'imgs/{i}.jpg', 64, 64, [make_instance(SQUARE)])
                                          for i in range(5)])
    dataset = dict(type='TextDetDataset', data_root=str(folder), ann_file='a.json', test_mode=True, pipeline=PIPELINE)
    return toy_runner(
        folder, Finder(), ToyImages(), dict(type='BrokenImageHook'), epochs=1, val_cfg=dict(),
        val_dataloader=dict(dataset=wrap(dataset), sampler=dict(type='DefaultSampler', shuffle=False), batch_size=1,
                            num_workers=workers, persistent_workers=workers > 0),
        val_evaluator=[dict(type='HmeanIOUMetric', prefix='mmocr'), dict(type='TextDetHmeanMetric')])


@pytest.mark.parametrize('workers', [0, 2])
@pytest.mark.parametrize('wrap', [lambda one: one, lambda one: dict(type='ConcatDataset', datasets=[one])])
def test_training_goes_on_past_a_validation_with_broken_images(tmp_path, messages, workers, wrap):
    runner = run(tmp_path, [0, 3], workers, wrap)
    runner.train()
    metrics = runner.val_loop.run()
    for name in ('mmocr/hmean', 'icdar2015/precision', 'icdar2015/recall'):
        assert metrics[name] == 1
    told = [message for message in messages if message.startswith('WARNING: Validation: ')]
    assert len(told) == 2
    assert '2 of 5 images could not be read and are left out of its figures: ' in told[0]
    assert '/imgs/0.jpg' in told[0]
    assert '/imgs/3.jpg' in told[0]


def test_nothing_is_told_where_all_can_be_read(tmp_path, messages):
    assert run(tmp_path, []).val()['icdar2015/hmean'] == 1
    assert not any('could not be read' in message for message in messages)


def test_a_validation_that_read_nothing_is_an_error(tmp_path):
    with pytest.raises(RuntimeError, match=r'5 of 5 images could not be read .* all of them: check data_root'):
        run(tmp_path, [0, 1, 2, 3, 4]).val()
