# ruff: noqa: NPY002 - the code under test draws from NumPy's global generator.
import copy
import functools
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from mmengine.dataset import worker_init_fn
from mmocr.registry import TRANSFORMS
from torch.utils.data import DataLoader, Dataset

from dbnetpp_plugin.datasets.transforms import affine, db_text_augment
from dbnetpp_plugin.datasets.transforms.db_text_augment import DBTextAugment
from dbnetpp_plugin.geometry.polygons import area, signed_area
from dbnetpp_plugin.images.errors import BrokenImageError

STILL: dict[str, Any] = {'flip': 0, 'rotation': (0, 0), 'max_tries': 0}


def sample(image: np.ndarray, polygons: Sequence[np.ndarray] = (), ignored: Sequence[bool] | None = None,
           encoding: str | None = None) -> dict:
    """What the loaders hand on: the image, or its file, and its annotations."""
    results = {
        'img_path': 'a/b.jpg',
        'img_shape': image.shape[:2],
        'ori_shape': image.shape[:2],
        'gt_polygons': [np.asarray(polygon, np.float32).ravel() for polygon in polygons],
        'gt_ignored': np.array(ignored or [False] * len(polygons), dtype=bool),
        'gt_bboxes_labels': np.zeros(len(polygons), np.int64),
        'gt_texts': [f'word {i}' for i in range(len(polygons))],
    }
    if encoding is None:
        return {**results, 'img': image}
    return {**results, 'img_bytes': cv2.imencode(encoding, image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()}


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def turned_rectangle(centre: tuple[float, float], size: tuple[float, float], degrees: float) -> np.ndarray:
    return cv2.boxPoints((centre, size, degrees)).astype(np.float64)


def inside(polygon: np.ndarray, shape: tuple[int, int], finer: int = 1) -> np.ndarray:
    """How much of each pixel is inside a convex polygon, from finer x finer points."""
    steps = (np.arange(finer) + 0.5) / finer - 0.5
    ys = (np.arange(shape[0])[:, None] + steps).ravel()
    xs = (np.arange(shape[1])[:, None] + steps).ravel()
    polygon = polygon if signed_area(polygon) > 0 else polygon[::-1]
    mask = np.ones((len(ys), len(xs)), bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        mask &= (x1 - x0) * (ys[:, None] - y0) >= (y1 - y0) * (xs - x0)
    return mask.reshape(shape[0], finer, shape[1], finer).mean(axis=(1, 3))


def drawn(polygons: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """White words on black."""
    coverage = np.max([inside(polygon, shape, 4) for polygon in polygons], axis=0)
    return np.repeat(np.round(coverage * 255).astype(np.uint8)[..., None], 3, axis=2)


def run(results: dict, seed: int = 0, **options: Any) -> dict:
    np.random.seed(seed)
    return DBTextAugment(**options)(results)


def test_is_registered() -> None:
    assert isinstance(TRANSFORMS.build({'type': 'DBTextAugment', 'size': (64, 32)}), DBTextAugment)


# --- image and polygons together -------------------------------------------------------------------------------------
WORDS = [turned_rectangle((90, 60), (100, 50), 0), turned_rectangle((260, 80), (120, 44), 25),
         turned_rectangle((110, 210), (90, 60), -40), turned_rectangle((290, 220), (60, 130), 10)]


def test_settings_of_rest_give_everything_back_exactly() -> None:
    results = sample(noise(60, 80), [turned_rectangle((40, 30), (30, 10), 20)])
    output = run(results, size=(80, 60), **STILL)
    np.testing.assert_array_equal(output['img'], results['img'])
    np.testing.assert_array_equal(output['gt_polygons'], results['gt_polygons'])
    np.testing.assert_array_equal(output['augment_matrix'], np.eye(2, 3))
    np.testing.assert_array_equal(output['valid_polygon'], affine.outline((80, 60)))
    assert output['scale_factor'] == (1, 1)
    assert output['img_shape'] == output['pad_shape'] == (60, 80)
    assert output['ori_shape'] == (60, 80)


RECIPES = {
    'official': {},
    'practitioner': {'rotation': (-15, 15), 'brightness': 0.0},
    'scaled': {'scale': (0.5, 3.0), 'keep_visible': 0.5},
    'shrunk': {'size': (130, 100), 'max_tries': 0},
}


@pytest.mark.parametrize('encoding', [None, '.jpg', '.png'])
@pytest.mark.parametrize('recipe', RECIPES)
def test_polygons_fit_the_words_in_the_image(recipe: str, encoding: str | None) -> None:
    results = sample(drawn(WORDS, (300, 400)), WORDS, encoding=encoding)
    augment = DBTextAugment(**{'size': (320, 320), **RECIPES[recipe]})
    np.random.seed(3)
    for _ in range(60):
        output = augment(results)
        shape = output['img_shape']
        polygons = [polygon.reshape(-1, 2).astype(float) for polygon in output['gt_polygons']]
        expected = np.max([inside(polygon, shape) for polygon in polygons], axis=0, initial=0) > 0.5
        found = output['img'][..., 0] > 127
        assert (found & expected).sum() >= 0.97 * (found | expected).sum()


@pytest.mark.parametrize('flip', [0, 1])
@pytest.mark.parametrize('encoding', ['.jpg', '.png', None])
@pytest.mark.parametrize(('shape', 'reduction'), [((600, 800), 2), ((1001, 1335), 4), ((2003, 2671), 8)])
def test_reduced_images_lie_where_whole_ones_do(shape: tuple[int, int], reduction: int, encoding: str | None,
                                                flip: int) -> None:
    # A disc drawn with smooth edges; its centre of gravity is known much better than to a pixel.
    centre = np.array([0.7 * shape[1], 0.4 * shape[0]])
    ys, xs = np.mgrid[:shape[0], :shape[1]]
    disc = np.clip(0.1 * shape[0] - np.hypot(xs - centre[0], ys - centre[1]), 0, 1)
    image = np.repeat(np.round(disc * 255).astype(np.uint8)[..., None], 3, axis=2)
    output = run(sample(image, encoding=encoding), size=(300, 225), **{**STILL, 'flip': flip, 'rotation': (7, 7)})
    assert 1 / (2 * reduction) < output['scale_factor'][0] <= 1 / reduction
    weights = output['img'][..., 0].astype(float)
    rows, columns = np.indices(weights.shape)
    found = np.array([(weights * columns).sum(), (weights * rows).sum()]) / weights.sum()
    expected = affine.transform_points(centre[None], output['augment_matrix'])[0]
    np.testing.assert_allclose(found, expected, atol=0.05)


@pytest.mark.parametrize('encoding', ['.png', None])
def test_shrinking_does_not_alias(encoding: str | None) -> None:
    board = np.repeat(((np.indices((400, 400)).sum(axis=0) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)
    output = run(sample(board, encoding=encoding), size=(90, 90), **STILL)
    inner = output['img'][2:-2, 2:-2]
    assert abs(inner.mean() - 127.5) < 2
    assert inner.std() < 2


def test_the_encoded_image_gives_what_the_decoded_one_gives() -> None:
    encoded = sample(noise(300, 400), WORDS, encoding='.jpg')
    decoded = {**encoded, 'img': cv2.imdecode(np.frombuffer(encoded['img_bytes'], np.uint8), cv2.IMREAD_COLOR)}
    del decoded['img_bytes']
    for seed in range(5):
        outputs = [run(results, seed, saturation=0.5, contrast=0.3) for results in (encoded, decoded)]
        np.testing.assert_array_equal(outputs[0]['img'], outputs[1]['img'])
        assert 'img_bytes' not in outputs[0]


# --- padding ---------------------------------------------------------------------------------------------------------
def test_padding_is_on_the_right_and_at_the_bottom() -> None:
    image = np.full((50, 100, 3), 200, np.uint8)
    output = run(sample(image), size=(100, 100), pad_value=7, **STILL)
    assert (output['img'][:50] == 200).all()
    assert (output['img'][50:] == 7).all()
    np.testing.assert_array_equal(output['valid_polygon'], affine.outline((100, 50)))
    output = run(sample(image), size=(50, 50), pad_value=7, **STILL)
    assert (output['img'][:25] == 200).all()
    assert (output['img'][25:] == 7).all()


def test_the_valid_polygon_is_the_outline_of_the_image() -> None:
    results = sample(np.full((300, 400, 3), 255, np.uint8))
    augment = DBTextAugment(size=(256, 256), rotation=(-30, 30), scale=(0.5, 1.5))
    np.random.seed(1)
    for _ in range(100):
        output = augment(results)
        valid = inside(output['valid_polygon'].astype(float), (256, 256)) > 0.5
        # Magnified, a corner of the image is round by a quarter of one of its pixels.
        reach = 3 + 2 * round(output['scale_factor'][0] / 4)
        near_outline = cv2.morphologyEx(valid.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((reach, reach))) > 0
        np.testing.assert_array_equal((output['img'][..., 0] > 127)[~near_outline], valid[~near_outline])


def test_colours_do_not_reach_the_padding() -> None:
    results = sample(noise(50, 100))
    for seed in range(20):
        output = run(results, seed, size=(100, 100), pad_value=9, brightness=0.5, contrast=0.5, saturation=0.5, **STILL)
        assert (output['img'][50:] == 9).all()


@pytest.mark.parametrize(('window', 'magnification'), [
    # Turned by 45 degrees, an image of 300 x 300 leaves triangles empty whose legs are 300 (1 - sqrt(1/2)) = 87.9 long.
    ((0, 0, 50, 50), 64 / 300),
    ((0, 0, 87, 87), 64 / 300),  # half empty
    ((0, 0, 89, 89), 64 / 89),
    ((250, 250, 300, 300), 64 / 300),
    ((100, 100, 200, 200), 64 / 100),
])
def test_a_crop_of_more_padding_than_image_is_not_taken(monkeypatch: pytest.MonkeyPatch, window: tuple,
                                                        magnification: float) -> None:
    monkeypatch.setattr(db_text_augment, 'draw_window', lambda *args, **kwargs: window)
    output = run(sample(noise(300, 300)), size=(64, 64), rotation=(45, 45))
    assert output['scale_factor'][0] == pytest.approx(magnification)
    assert output['img'].any()


# --- words -----------------------------------------------------------------------------------------------------------
def test_a_crop_shows_words_whole_or_not_at_all() -> None:
    random = np.random.default_rng(0)
    augment = DBTextAugment(size=(320, 320), rotation=(0, 0))
    shown = 0
    for seed in range(200):
        centres = random.uniform((60, 60), (340, 240), (5, 2))
        words = [turned_rectangle(tuple(centre), (60, 20), 15) for centre in centres]
        np.random.seed(seed)
        output = augment(sample(noise(300, 400), words))
        areas = [area(polygon.reshape(-1, 2)) for polygon in output['gt_polygons']]
        np.testing.assert_allclose(areas, 1200 * output['scale_factor'][0] ** 2, rtol=1e-3)
        assert not output['gt_ignored'].any()
        assert areas
        shown += len(areas)
    assert 200 < shown < 1000  # some were left out


def test_a_filled_crop_shows_what_is_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_text_augment, 'draw_window', lambda *args, **kwargs: (100, 140, 200, 160))
    words = [turned_rectangle((150, 150), (60, 10), 0), turned_rectangle((150, 110), (60, 10), 0)]
    crop, filled = (run(sample(noise(300, 400), words), size=(100, 100), rotation=(0, 0), flip=0, fill=fill)
                    for fill in (False, True))
    assert filled['scale_factor'] == crop['scale_factor'] == (1, 1)
    assert (crop['gt_texts'], filled['gt_texts']) == (['word 0'], ['word 0', 'word 1'])
    assert not crop['img'][20:].any()
    assert filled['img'].reshape(100, -1).any(axis=1).all()
    # Of the rows 100 to 200 of the image, the crop is in the middle.
    np.testing.assert_array_equal(filled['img'][40:60], crop['img'][:20])


def test_ignored_words_do_not_hold_up_the_crop() -> None:
    # It covers every line of both axes.
    words = [turned_rectangle((200, 150), (398, 298), 0), turned_rectangle((200, 150), (30, 10), 0)]
    crops = [run(sample(noise(300, 400), words, [True, False]), seed)['scale_factor'][0] for seed in range(20)]
    assert max(crops) > 3  # the whole image has 640 / 400
    output = run(sample(noise(300, 400), words, [True, False]))
    assert output['gt_ignored'].tolist() == [True, False]
    assert output['gt_texts'] == ['word 0', 'word 1']


def test_words_cut_by_the_border_follow_keep_visible() -> None:
    # Doubled about the centre, (199.5, 149.5), the image shows 99.5 to 299.5.
    words = [[(x, 140), (x + 30, 140), (x + 30, 150), (x, 150)] for x in (93.6, 93.4, 269.5, 279.5, 299.6)]
    output = run(sample(noise(300, 400), words), scale=(2, 2), size=(400, 300), keep_visible=0.8, **STILL)
    assert output['gt_texts'] == ['word 0', 'word 1', 'word 2', 'word 3']
    assert output['gt_ignored'].tolist() == [False, True, False, True]
    assert output['gt_bboxes'][2].tolist() == [339.5, 130.5, 399.5, 150.5]
    assert output['gt_bboxes'][3].tolist() == [359.5, 130.5, 399.5, 150.5]


def test_a_mirrored_word_begins_at_the_left_of_its_upper_side() -> None:
    word = [(10, 10), (30, 12), (30, 22), (10, 20)]
    output = run(sample(noise(60, 80), [word]), size=(80, 60), **{**STILL, 'flip': 1})
    assert output['gt_polygons'][0].tolist() == [49, 12, 69, 10, 69, 20, 49, 22]
    np.testing.assert_array_equal(output['img'], noise(60, 80)[:, ::-1])


def test_images_without_words() -> None:
    results = sample(noise(300, 400))
    sizes = set()
    for seed in range(10):
        output = run(results, seed)
        assert output['gt_polygons'] == output['gt_texts'] == []
        assert output['gt_bboxes'].shape == (0, 4)
        assert output['gt_ignored'].shape == output['gt_bboxes_labels'].shape == (0,)
        sizes.add(output['scale_factor'])
    assert len(sizes) > 5


# --- chance ----------------------------------------------------------------------------------------------------------
def test_settings_are_drawn_from_their_ranges() -> None:
    results = sample(noise(30, 40))
    np.random.seed(0)
    augment = DBTextAugment(size=(40, 30), flip=0.25, rotation=(-5, 20), scale=(0.5, 2), max_tries=0)
    linear = np.array([augment(results)['augment_matrix'][:, :2] for _ in range(2000)])
    mirrored = np.linalg.det(linear) < 0
    assert 0.2 < mirrored.mean() < 0.3
    angles = np.rad2deg(np.arctan2(linear[~mirrored, 1, 0], linear[~mirrored, 0, 0]))
    assert -5 <= angles.min() < -4.8
    assert 19.8 < angles.max() <= 20
    scales = np.sqrt(np.abs(np.linalg.det(linear)))
    assert 0.5 <= scales.min() < 0.51
    assert 1.99 < scales.max() <= 2


@pytest.mark.parametrize(('name', 'image', 'value'), [
    ('brightness', np.full((30, 40, 3), 100, np.uint8), lambda output: output.mean() / 100),
    ('contrast', np.array([50, 150], np.uint8).repeat(600).reshape(30, 40, 1).repeat(3, 2),
     lambda output: (int(output[-1, -1, 0]) - output[0, 0, 0]) / 100),
    ('saturation', np.full((30, 40, 3), (100, 120, 100), np.uint8),
     lambda output: (int(output[0, 0, 1]) - output[0, 0, 0]) / 20),
])
def test_colours_are_drawn_from_their_ranges(name: str, image: np.ndarray, value: Any) -> None:
    np.random.seed(0)
    augment = DBTextAugment(size=(40, 30), **{name: 0.3}, **STILL)
    factors = [value(augment(sample(image))['img']) for _ in range(500)]
    assert 0.65 <= min(factors) < 0.75
    assert 1.25 < max(factors) <= 1.35


def test_the_same_seed_gives_the_same_sample() -> None:
    results = sample(noise(300, 400), WORDS)
    options = {'size': (64, 64), 'brightness': 0.2, 'contrast': 0.2, 'saturation': 0.2, 'scale': (0.8, 1.2)}
    first, again, other = (run(results, seed, **options) for seed in (5, 5, 6))
    assert first.keys() == again.keys()
    for key in first:
        np.testing.assert_equal(first[key], again[key])
    assert not np.array_equal(first['augment_matrix'], other['augment_matrix'])


class Matrices(Dataset):
    """The matrix drawn for each of eight samples."""

    augment = DBTextAugment(size=(64, 64))

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> np.ndarray:
        return self.augment(sample(noise(300, 400)))['augment_matrix']


def test_the_seed_of_the_run_decides_in_each_worker() -> None:
    def draws(seed: int) -> np.ndarray:
        init = functools.partial(worker_init_fn, num_workers=2, rank=0, seed=seed)
        loader = DataLoader(Matrices(), num_workers=2, worker_init_fn=init)
        return np.concatenate([batch.numpy() for batch in loader])

    first = draws(1)
    np.testing.assert_array_equal(first, draws(1))
    assert len(np.unique(first.reshape(8, 6), axis=0)) == 8
    assert not np.array_equal(first, draws(2))


# --- what comes in ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize('encoding', [None, '.jpg'])
def test_nothing_that_came_in_is_changed(encoding: str | None) -> None:
    results = sample(noise(300, 400), WORDS, [False, True, False, False], encoding=encoding)
    before = copy.deepcopy(results)
    for seed in range(10):
        output = run(results, seed, brightness=0.4, scale=(0.5, 2))
        for array in (output['img'], *output['gt_polygons'], output['gt_ignored'], output['gt_bboxes_labels']):
            array.fill(0)
    assert results.keys() == before.keys()
    for key in before:
        np.testing.assert_equal(results[key], before[key])


def test_a_bad_polygon_is_named() -> None:
    with pytest.raises(ValueError, match=r'^a/b\.jpg: polygon 0: a polygon needs finite coordinates'):
        run(sample(noise(30, 40), [np.array([[0, 0], [9, np.nan], [9, 9]])]))


def test_a_missing_image_is_named() -> None:
    results = sample(noise(30, 40))
    del results['img']
    with pytest.raises(ValueError, match=r'^a/b\.jpg: DBTextAugment needs img_bytes, from LoadEncodedImage, or img'):
        run(results)


@pytest.mark.parametrize('image', [noise(30, 40)[..., 0], noise(30, 40)[..., :1], noise(30, 40).astype(np.float32)])
def test_images_of_other_kinds_are_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=rf'^a/b\.jpg: .* got {image.dtype} of shape \(30, 40'):
        run(sample(image))


def test_a_broken_image_is_named() -> None:
    results = {**sample(noise(30, 40), encoding='.png'), 'img_bytes': b'nothing'}
    with pytest.raises(BrokenImageError, match=r'a/b\.jpg of 7 bytes is not an image that can be read'):
        run(results)


@pytest.mark.parametrize(('options', 'message'), [
    ({'size': (0, 640)}, r'size must be in \[1, inf\], got 0'),
    ({'flip': 1.1}, r'flip must be in \[0, 1\], got 1.1'),
    ({'rotation': (10, -10)}, r'rotation must be \(least, greatest\), not below -180, got \(10, -10\)'),
    ({'rotation': (10,)}, 'rotation must be'),
    ({'scale': (0, 1)}, 'scale must be'),
    ({'max_tries': -1}, r'max_tries must be in \[0, inf\], got -1'),
    ({'min_side_ratio': -0.1}, 'min_side_ratio must be'),
    ({'keep_visible': 2}, 'keep_visible must be'),
    ({'brightness': -0.1}, 'brightness must be'),
    ({'contrast': float('nan')}, 'contrast must be'),
    ({'saturation': -1}, 'saturation must be'),
    ({'pad_value': 256}, 'pad_value must be'),
])
def test_bad_options_are_named(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DBTextAugment(**options)


def test_repr_names_the_options() -> None:
    assert 'rotation=(-10.0, 10.0), scale=(1.0, 1.0)' in repr(DBTextAugment())
