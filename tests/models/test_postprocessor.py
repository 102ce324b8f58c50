"""DBNetPPPostprocessor: batches, devices' precisions, padding, scales, and the interface of MMOCR's heads."""

import cv2
import numpy as np
import pytest
import torch
from mmengine.logging import MMLogger
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample

from dbnetpp_plugin.models.postprocessors import DBNetPPPostprocessor

# A block whose pixel centres span 40 x 10 grows by 400 * 1.5 / 100 = 6: from (x - 6, y - 6) to (x + 46, y + 16).
HEIGHT, WIDTH = 80, 120


def maps(*corners: tuple[int, int], probability: float = 0.8) -> torch.Tensor:
    """One map for each corner, with a block there."""
    batch = torch.zeros(len(corners), HEIGHT, WIDTH)
    for pixels, (x, y) in zip(batch, corners, strict=True):
        pixels[y:y + 11, x:x + 41] = probability
    return batch


def sample(scale_factor=(1.0, 1.0), img_shape=(HEIGHT, WIDTH)) -> TextDetDataSample:
    return TextDetDataSample(metainfo={'scale_factor': scale_factor, 'img_shape': img_shape})


def quads(*args, **options) -> DBNetPPPostprocessor:
    return DBNetPPPostprocessor('quad', *args, **options)


def flat_quad(x: float, y: float, scale: tuple[float, float] = (1, 1)) -> np.ndarray:
    corners = np.array([[x - 6, y - 6], [x + 46, y - 6], [x + 46, y + 16], [x - 6, y + 16]])
    return (corners / scale).ravel()


def test_batch_of_two():
    samples = [sample(), sample()]
    results = quads()(maps((20, 30), (50, 40)), samples)
    for given, result, corner in zip(samples, results, ((20, 30), (50, 40)), strict=True):
        assert result is given
        (polygon,) = result.pred_instances.polygons
        assert polygon.dtype == np.float32
        np.testing.assert_allclose(polygon, flat_quad(*corner), atol=1e-4)
        assert result.pred_instances.scores.dtype == torch.float32
        torch.testing.assert_close(result.pred_instances.scores, torch.tensor([0.8]))


def test_polygons_are_flat_and_of_any_length():
    instances = DBNetPPPostprocessor('poly')(maps((20, 30)), [sample((2, 2))])[0].pred_instances
    (polygon,) = instances.polygons
    assert polygon.ndim == 1
    assert len(polygon) > 16
    assert polygon.dtype == np.float32
    assert polygon.reshape(-1, 2).max(axis=0) == pytest.approx([33, 23], abs=1e-4)


def test_registered():
    built = MODELS.build({'type': 'DBNetPPPostprocessor', 'text_repr_type': 'quad', 'epsilon_ratio': 0.002})
    assert len(built(maps((20, 30)), [sample()])[0].pred_instances.polygons) == 1


def test_rescaled_to_the_original_image():
    """A map twice as wide and half as high as the original."""
    pixels = maps((20, 30))
    pixels[0, 60:71, 70:111] = 0.9
    instances = quads()(pixels, [sample((2.0, 0.5))])[0].pred_instances
    found = sorted(instances.polygons, key=lambda polygon: polygon[1])
    assert all(polygon.dtype == np.float32 for polygon in found)
    np.testing.assert_allclose(found, [flat_quad(20, 30, (2, 0.5)), flat_quad(70, 60, (2, 0.5))], atol=1e-4)


@pytest.mark.parametrize('rescale_fields', [None, []])
def test_without_rescaling_coordinates_are_of_the_map(rescale_fields):
    result = quads(rescale_fields=rescale_fields)(maps((20, 30)), [TextDetDataSample()])
    np.testing.assert_allclose(result[0].pred_instances.polygons, [flat_quad(20, 30)], atol=1e-4)


def test_no_text():
    instances = quads()(torch.zeros(1, HEIGHT, WIDTH), [sample()])[0].pred_instances
    assert instances.polygons == []
    assert instances.scores.shape == (0,)
    assert len(instances) == 0


# --- padding ----------------------------------------------------------------------------------------------------------
def test_text_in_the_padding_is_not_found():
    pixels = maps((20, 10))
    pixels[0, 60:71, 20:61] = 0.9
    pixels[0, 10:21, 90:120] = 0.9
    instances = quads()(pixels, [sample(img_shape=(60, 90))])[0].pred_instances
    np.testing.assert_allclose(instances.polygons, [flat_quad(20, 10)], atol=1e-4)


@pytest.mark.parametrize('text_repr_type', ['quad', 'poly'])
def test_text_that_reaches_into_the_padding_is_cut(text_repr_type):
    wide = maps((20, 30))
    wide[0, 30:41, 20:120] = 0.8
    cut = wide[:, :70, :61].contiguous()  # what is left spans 40 x 10
    found = DBNetPPPostprocessor(text_repr_type)(wide, [sample(img_shape=(70, 61))])[0].pred_instances
    alone = DBNetPPPostprocessor(text_repr_type)(cut, [sample(img_shape=(70, 61))])[0].pred_instances
    np.testing.assert_array_equal(found.polygons, alone.polygons)
    assert found.polygons[0].reshape(-1, 2).max(axis=0) == pytest.approx([66, 46], abs=1e-4)


def test_images_of_a_batch_differ_in_size():
    results = quads()(maps((20, 30), (20, 30)), [sample(img_shape=(HEIGHT, WIDTH)), sample(img_shape=(30, 20))])
    assert [len(result.pred_instances.polygons) for result in results] == [1, 0]


def test_map_smaller_than_the_image():
    with pytest.raises(ValueError, match=r'map of \(height, width\) \(80, 120\) for an image of \(81, 120\)'):
        quads()(maps((20, 30)), [sample(img_shape=(81, 120))])


# --- what a head may give ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize('form', [
    lambda m: m[:, None], lambda m: (m,), lambda m: [m, torch.zeros(2, 3)], lambda m: m.half(), lambda m: m.bfloat16(),
    lambda m: m.double(), lambda m: m.clone().requires_grad_(),
    lambda m: m.transpose(1, 2).contiguous().transpose(1, 2),
], ids=['channel', 'tuple', 'list', 'half', 'bfloat16', 'double', 'with gradient', 'transposed'])
def test_forms_of_the_maps(form):
    given = form(maps((20, 30), (50, 40)))
    results = quads()(given, [sample(), sample()])
    for result, corner in zip(results, ((20, 30), (50, 40)), strict=True):
        np.testing.assert_allclose(result.pred_instances.polygons, [flat_quad(*corner)], atol=1e-4)


@pytest.mark.parametrize('shape', [(5, 5), (1, 2, 5, 5)])
def test_maps_of_another_shape(shape):
    with pytest.raises(ValueError, match=r'expects probability maps of the shape \(N, H, W\), got \('):
        quads()(torch.zeros(shape), [sample()])


def test_nan():
    with pytest.raises(ValueError, match='the probability map holds NaN'):
        quads()(torch.full((1, HEIGHT, WIDTH), float('nan')), [sample()])


def test_maps_stay_as_they_are():
    given = maps((20, 30))
    before = given.clone()
    DBNetPPPostprocessor('poly')(given, [sample((3, 3), (40, 100))])
    torch.testing.assert_close(given, before, rtol=0, atol=0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
def test_maps_on_a_gpu():
    instances = quads()(maps((20, 30)).half().cuda(), [sample()])[0].pred_instances
    np.testing.assert_allclose(instances.polygons, [flat_quad(20, 30)], atol=1e-4)
    assert instances.scores.device.type == 'cpu'


@pytest.mark.parametrize('head', ['DBHead', 'DBNetPPHead'])
def test_inside_a_head(head):
    torch.manual_seed(0)
    built = MODELS.build({'type': head, 'in_channels': 16, 'postprocessor': {
        'type': 'DBNetPPPostprocessor', 'text_repr_type': 'quad', 'mask_thr': 0}}).eval()
    with torch.no_grad():
        (result,) = built.predict(torch.randn(1, 16, 20, 30), [sample()])
    # Above 0 everything is text: 119 x 79, D' = 119 * 79 * 1.5 / (2 * (119 + 79)).
    distance = 119 * 79 * 1.5 / 396
    assert result.pred_instances.polygons[0][:2] == pytest.approx([-distance, -distance], abs=1e-3)


# --- settings ---------------------------------------------------------------------------------------------------------
def test_settings_reach_the_search():
    pixels = maps((20, 30), probability=0.5)

    def count(**options) -> int:
        return len(quads(**options)(pixels, [sample()])[0].pred_instances.polygons)

    assert count() == 1
    assert count(mask_thr=0.5) == count(min_text_score=0.51) == count(min_text_width=23) == 0
    grown = quads(unclip_ratio=2)(pixels, [sample()])[0].pred_instances.polygons[0]
    assert grown[:2] == pytest.approx([12, 22], abs=1e-4)
    pixels[0, 60:71, 20:41] = 0.9
    assert (count(), count(max_candidates=1)) == (2, 1)


def test_simplification():
    pixels = torch.from_numpy(cv2.ellipse(np.zeros((HEIGHT, WIDTH), np.float32), (60, 40), (40, 20), 0, 0, 360, 1, -1))
    points = [DBNetPPPostprocessor('poly', epsilon_ratio=ratio)(pixels[None], [sample()])[0].pred_instances.polygons[0]
              for ratio in (0.002, 0.05)]
    assert len(points[0]) > len(points[1])


def test_overrides_in_training_and_testing():
    postprocessor = quads(train_cfg={'min_text_score': 0.9}, test_cfg={'min_text_score': 0.1, 'unclip_ratio': 0})
    pixels = maps((20, 30), probability=0.5)
    assert postprocessor(pixels, [sample()], training=True)[0].pred_instances.polygons == []
    (polygon,) = postprocessor(pixels, [sample()])[0].pred_instances.polygons
    assert polygon[:2] == pytest.approx([20, 30])


@pytest.mark.parametrize(('name', 'inside', 'outside'), [
    ('mask_thr', 0, -0.1), ('mask_thr', 1, 1.1), ('min_text_score', 1, 1.1), ('min_text_width', 0, -1),
    ('unclip_ratio', 0, -0.1), ('epsilon_ratio', 1, 1.1), ('max_candidates', 1, 0),
])
@pytest.mark.parametrize('wrap', [lambda o: o, lambda o: {'train_cfg': o}, lambda o: {'test_cfg': o}],
                         ids=['argument', 'train_cfg', 'test_cfg'])
def test_ranges(name, inside, outside, wrap):
    quads(**wrap({name: inside}))
    with pytest.raises(ValueError, match=rf'{name} of DBNetPPPostprocessor lies in .*, got {outside}'):
        quads(**wrap({name: outside}))


@pytest.mark.parametrize(('options', 'message'), [
    ({'text_repr_type': 'box'}, "text_repr_type of DBNetPPPostprocessor is 'quad' or 'poly', got 'box'"),
    ({'rescale_fields': ['bboxes']}, r"can rescale the field 'polygons', got rescale_fields=\['bboxes'\]"),
    ({'test_cfg': {'min_score': 0.5}}, "has no setting 'min_score', only mask_thr, min_text_score"),
])
def test_unknown_options(options, message):
    with pytest.raises(ValueError, match=message):
        DBNetPPPostprocessor(**options)


def test_missing_scale_factor():
    with pytest.raises(ValueError, match='needs the scale_factor of each image: add it to meta_keys'):
        quads()(maps((20, 30)), [TextDetDataSample(metainfo={'img_shape': (HEIGHT, WIDTH)})])


def test_defaults_are_those_of_mmocr():
    theirs = MODELS.build({'type': 'DBPostprocessor'})
    ours = DBNetPPPostprocessor()
    assert (ours.text_repr_type, ours.rescale_fields) == (theirs.text_repr_type, theirs.rescale_fields)
    assert ours.settings == {name: getattr(theirs, name) for name in ours.settings}


# --- the limit --------------------------------------------------------------------------------------------------------
@pytest.fixture
def log(monkeypatch):
    messages = []
    monkeypatch.setattr(MMLogger.get_current_instance(), 'warning', messages.append)
    return messages


def page(rows: int, columns: int, specks: int = 0) -> torch.Tensor:
    """A map with as many words, of 20 x 6 pixels, and dots of two pixels below."""
    pixels = torch.zeros(1, rows * 16 + 8, columns * 40)
    for row in range(rows):
        for column in range(columns):
            pixels[0, row * 16 + 4:row * 16 + 10, column * 40 + 8:column * 40 + 28] = 0.9
    for speck in range(specks):
        pixels[0, -4:-2, 4 * speck:4 * speck + 2] = 0.9
    return pixels


def test_text_beyond_the_limit_is_told_once(log):
    postprocessor = quads(max_candidates=11)
    for _ in range(3):
        (result,) = postprocessor(page(4, 3), [TextDetDataSample(metainfo={'scale_factor': (1, 1)})])
        assert len(result.pred_instances.polygons) == 11
    (message,) = log
    assert message.startswith('an image has 12 regions that may be text, of which the 11 largest were looked at: raise')
    assert quads(max_candidates=5)(page(4, 3), [TextDetDataSample(metainfo={'scale_factor': (1, 1)})])
    assert len(log) == 2  # another postprocessor


def test_text_of_which_some_is_dropped_for_its_score(log):
    pixels = page(4, 3)
    pixels[0, :16] *= 0.4
    postprocessor = quads(max_candidates=11, min_text_score=0.5)
    (result,) = postprocessor(pixels, [TextDetDataSample(metainfo={"scale_factor": (1, 1)})])
    assert len(result.pred_instances.polygons) < 11
    assert len(log) == 1


@pytest.mark.parametrize(('limit', 'specks'), [(12, 0), (12, 30), (3000, 30)])
def test_no_more_than_the_limit_is_silent(log, limit, specks):
    (result,) = quads(max_candidates=limit)(page(4, 3, specks), [TextDetDataSample(metainfo={'scale_factor': (1, 1)})])
    assert len(result.pred_instances.polygons) == 12
    assert log == []


def test_an_empty_map_has_no_limit(log):
    quads(max_candidates=1)(torch.zeros(1, HEIGHT, WIDTH), [sample()])
    assert log == []
