"""Several views of an image give the text of the mean of their maps."""

import numpy as np
import pytest
import torch
from mmengine.model import BaseModel
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample

from dbnetpp_plugin.models.data_preprocessor import DBNetPPDataPreprocessor
from dbnetpp_plugin.models.postprocessors.db_postprocessor import DBNetPPPostprocessor


class Bright(BaseModel):
    """A detector whose map is the brightness of the image."""

    def __init__(self, maps: bool = True) -> None:
        super().__init__(data_preprocessor=DBNetPPDataPreprocessor(mean=[0.0] * 3, std=[255.0] * 3,
                                                                   pad_size_divisor=32))
        self.det_head = torch.nn.Module()
        self.det_head.postprocessor = DBNetPPPostprocessor(text_repr_type='quad', unclip_ratio=0.0)
        self.maps = maps

    def forward(self, inputs, data_samples=None, mode='tensor'):
        maps = inputs[:, 0]
        if mode == 'predict':
            return self.det_head.postprocessor(maps, data_samples)
        return maps if self.maps else (maps, maps)


def picture(*boxes: tuple[int, int, int, int, int], size: tuple[int, int] = (50, 90)) -> torch.Tensor:
    """Black, with boxes of x0, y0, x1, y1 and a brightness."""
    image = torch.zeros(3, *size, dtype=torch.uint8)
    for x0, y0, x1, y1, brightness in boxes:
        image[:, y0:y1, x0:x1] = brightness
    return image


def batch(*views: tuple[torch.Tensor, dict]) -> dict:
    """One image in several views."""
    samples = [TextDetDataSample(metainfo=dict(img_shape=tuple(image.shape[1:]), ori_shape=(50, 90),
                                               scale_factor=(image.shape[2] / 90, image.shape[1] / 50), **meta))
               for image, meta in views]
    return dict(inputs=[[image] for image, _ in views], data_samples=[[sample] for sample in samples])


def found(data: dict, **options) -> list[tuple[np.ndarray, float]]:
    model = MODELS.build(dict(type='DBNetPPTTAModel', module=Bright(**options)))
    (sample,) = model.test_step(data)
    assert 'pred_map' not in sample
    instances = sample.pred_instances
    boxes = [polygon.reshape(-1, 2) for polygon in instances.polygons]
    return [(np.concatenate([box.min(axis=0), box.max(axis=0)]), float(score))
            for box, score in sorted(zip(boxes, instances.scores, strict=True), key=lambda item: item[0][0, 0])]


TEXT = picture((10, 20, 40, 30, 200))


@pytest.mark.parametrize(('direction', 'dims'), [('horizontal', [2]), ('vertical', [1]), ('diagonal', [1, 2])])
def test_a_mirrored_view_is_mirrored_back(direction, dims):
    alone = found(batch((TEXT, {})))
    both = found(batch((TEXT, dict(flip=False, flip_direction=None)),
                       (TEXT.flip(dims), dict(flip=True, flip_direction=direction))))
    assert len(alone) == len(both) == 1
    np.testing.assert_allclose(both[0][0], alone[0][0])
    assert both[0][1] == pytest.approx(alone[0][1])


def test_one_view_is_what_the_detector_finds():
    module = Bright()
    data = batch((TEXT, {}))
    expected = module.test_step({key: views[0] for key, views in data.items()})[0].pred_instances
    model = MODELS.build(dict(type='DBNetPPTTAModel', module=module))
    instances = model.test_step(batch((TEXT, {})))[0].pred_instances
    np.testing.assert_array_equal(instances.polygons, expected.polygons)
    assert torch.equal(instances.scores, expected.scores)


def test_what_one_view_sees_alone_counts_half():
    second = picture((10, 20, 40, 30, 200), (60, 5, 80, 15, 240), (60, 30, 80, 40, 120))
    (_, seen_twice), (_, seen_once) = found(batch((TEXT, {}), (second, {})))
    assert seen_twice == pytest.approx(200 / 255, abs=0.01)
    assert seen_once == pytest.approx(120 / 255, abs=0.01)


def test_the_largest_view_gives_the_size():
    double = torch.nn.functional.interpolate(TEXT[None].float(), scale_factor=2)[0].byte()
    for views in ((TEXT, double), (double, TEXT)):
        ((box, _),) = found(batch(*((view, {}) for view in views)))
        np.testing.assert_allclose(box, [10, 20, 40, 30], atol=1.0)


def test_a_flip_that_it_does_not_know():
    with pytest.raises(ValueError, match=r"^DBNetPPTTAModel cannot undo a flip in the direction 'sideways'"):
        found(batch((TEXT, dict(flip=True, flip_direction='sideways'))))


def test_a_detector_without_a_single_map():
    with pytest.raises(ValueError, match=r'^DBNetPPTTAModel takes the mean of maps \(N, H, W\), but Bright gives none'):
        found(batch((TEXT, {})), maps=False)
