"""Text regions of probability maps: by hand, at each threshold, and against MMOCR and an exact offset as oracles."""

import cv2
import numpy as np
import pyclipper
import pytest
import shapely
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmocr.models.textdet.postprocessors import DBPostprocessor
from mmocr.structures import TextDetDataSample

from dbnetpp_plugin.geometry.contours import text_regions

# 41 x 11 pixels whose centres span 40 x 10: A' = 400, L' = 100, D' = 400 * 1.5 / 100 = 6.
GROWN_QUAD = [[14, 24], [66, 24], [66, 46], [14, 46]]
GROWN_SHORT_SIDE = 22


def block_map(probability: float = 0.8, shape: tuple[int, int] = (80, 100)) -> np.ndarray:
    """The block of x from 20 to 60 and y from 30 to 40."""
    pixels = np.zeros(shape, np.float32)
    pixels[30:41, 20:61] = probability
    return pixels


def soft(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Soft edges and a little noise, as a network gives them."""
    noise = rng.normal(0, 0.01, mask.shape).astype(np.float32)
    return np.clip(cv2.GaussianBlur(mask, (5, 5), 0) + noise, 0, 1)


def page(kind: str, seed: int, rows: int = 6, columns: int = 5, cell: tuple[int, int] = (60, 140)) -> np.ndarray:
    """A page with one shape a cell, none of them with a hole."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((rows * cell[0], columns * cell[1]), np.float32)
    for row in range(rows):
        for column in range(columns):
            center = np.array([(column + 0.5) * cell[1], (row + 0.5) * cell[0]])
            width, height = rng.uniform(50, 90), rng.uniform(10, 18)
            cv2.fillPoly(mask, [np.rint(SHAPES[kind](rng, width, height) + center).astype(np.int32)],
                         rng.uniform(0.4, 0.95))
    return soft(mask, rng)


def box(rng: np.random.Generator, width: float, height: float) -> np.ndarray:
    return cv2.boxPoints(((0, 0), (width, height), rng.uniform(-15, 15)))


def curve(rng: np.random.Generator, width: float, height: float) -> np.ndarray:
    x = np.linspace(-0.5, 0.5, 9)
    middle = np.stack([x * width, rng.uniform(-15, 15) * (4 * x**2 - 0.5)], axis=1)
    half = np.array([0, height / 2])
    return np.concatenate([middle - half, middle[::-1] + half])


def blob(rng: np.random.Generator, width: float, height: float) -> np.ndarray:
    angles = np.arange(12) * np.pi / 6
    return np.stack([np.cos(angles) * width, np.sin(angles) * height], axis=1) / 2 * rng.uniform(0.6, 1.2, (12, 1))


SHAPES = {'box': box, 'curve': curve, 'blob': blob}


def mmocr_regions(pixels: np.ndarray, text_repr_type: str, **options) -> tuple[list[np.ndarray], np.ndarray]:
    sample = TextDetDataSample()
    found = DBPostprocessor(text_repr_type, rescale_fields=None, **options)(torch.from_numpy(pixels)[None], [sample])
    instances = found[0].pred_instances
    return [np.reshape(p, (-1, 2)) for p in instances.polygons], instances.scores.numpy()


def match(theirs: list[np.ndarray], ours: list[np.ndarray]) -> list[int]:
    """Index of the region of ours on the centre of each of theirs; exactly one each."""
    tree = shapely.STRtree([shapely.Polygon(p) for p in ours])
    pairs = tree.query(shapely.centroid([shapely.Polygon(p) for p in theirs]), predicate='within')
    assert pairs[0].tolist() == list(range(len(theirs)))
    assert len(set(pairs[1].tolist())) == len(ours)
    return pairs[1].tolist()


def hausdorff(first: np.ndarray, second: np.ndarray) -> float:
    return shapely.hausdorff_distance(shapely.Polygon(first).exterior, shapely.Polygon(second).exterior, densify=0.05)


def iou(first: np.ndarray, second: np.ndarray) -> float:
    first, second = shapely.Polygon(first).buffer(0), shapely.Polygon(second).buffer(0)
    return first.intersection(second).area / first.union(second).area


# --- by hand ----------------------------------------------------------------------------------------------------------
def test_quad_of_a_block():
    found = text_regions(block_map(), 'quad')
    np.testing.assert_allclose(found.polygons, [GROWN_QUAD], atol=1e-4)
    np.testing.assert_allclose(found.scores, [0.8], rtol=1e-6)
    assert found.scores.dtype == found.polygons[0].dtype == np.float32


def test_polygon_of_a_block():
    (polygon,), scores = text_regions(block_map(), 'poly')
    np.testing.assert_allclose([polygon.min(axis=0), polygon.max(axis=0)], [[14, 24], [66, 46]], atol=1e-4)
    with_disc = 400 + 100 * 6 + np.pi * 6**2
    assert with_disc - 6 < shapely.Polygon(polygon).area < with_disc
    np.testing.assert_allclose(scores, [0.8], rtol=1e-6)


@pytest.mark.parametrize(('unclip_ratio', 'distance'), [(0, 0), (1, 4), (2.5, 10)])
def test_unclip_ratio(unclip_ratio, distance):
    (quad,), _ = text_regions(block_map(), 'quad', unclip_ratio=unclip_ratio)
    np.testing.assert_allclose(quad[0], [20 - distance, 30 - distance], atol=1e-4)
    np.testing.assert_allclose(quad[2], [60 + distance, 40 + distance], atol=1e-4)


def test_score_is_the_mean_inside():
    pixels = block_map(0.5)
    pixels[30:41, 20:40] = 0.9  # 20 of 41 columns
    assert text_regions(pixels).scores == pytest.approx([(20 * 0.9 + 21 * 0.5) / 41])


def test_grown_outline_reaches_beyond_the_border():
    pixels = np.zeros((40, 100), np.float32)
    pixels[0:11, 0:41] = 1
    np.testing.assert_allclose(text_regions(pixels).polygons, [[[-6, -6], [46, -6], [46, 16], [-6, 16]]], atol=1e-4)


# --- thresholds, both sides -------------------------------------------------------------------------------------------
@pytest.mark.parametrize('text_repr_type', ['quad', 'poly'])
@pytest.mark.parametrize(('min_text_score', 'count'), [(0.5, 1), (0.5001, 0)])
def test_min_score(text_repr_type, min_text_score, count):
    found = text_regions(block_map(0.5), text_repr_type, min_text_score=min_text_score)
    assert (len(found.polygons), len(found.scores)) == (count, count)


@pytest.mark.parametrize(('mask_thr', 'count'), [(0.5, 0), (0.4999, 1)])
def test_mask_threshold_is_exclusive(mask_thr, count):
    assert len(text_regions(block_map(0.5), mask_thr=mask_thr).polygons) == count


@pytest.mark.parametrize('text_repr_type', ['quad', 'poly'])
@pytest.mark.parametrize(('min_text_width', 'count'), [
    (0, 1), (11.99, 1), (12.01, 1),  # below and above 2D', from where on sides are measured
    (GROWN_SHORT_SIDE, 1), (GROWN_SHORT_SIDE + 0.01, 0),
    (40, 0), (1000, 0),
])
def test_min_width(text_repr_type, min_text_width, count):
    found = text_regions(block_map(), text_repr_type, min_text_width=min_text_width)
    assert (len(found.polygons), len(found.scores)) == (count, count)


@pytest.mark.parametrize(('min_text_width', 'count'), [(20, 1), (20.01, 0)])
def test_min_width_of_a_square_that_does_not_grow(min_text_width, count):
    """The tightest case for a rejection by bounding box."""
    pixels = np.zeros((60, 60), np.float32)
    pixels[20:41, 20:41] = 1
    assert len(text_regions(pixels, unclip_ratio=0, min_text_width=min_text_width).polygons) == count


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(1, 15), st.floats(0, 3))
def test_early_rejection_rejects_nothing_that_is_wide_enough(seed, min_text_width, unclip_ratio):
    noise = (np.random.default_rng(seed).random((12, 16)) < 0.3).astype(np.float32)
    pixels = cv2.resize(noise, None, fx=3, fy=2, interpolation=cv2.INTER_NEAREST)
    options = {'unclip_ratio': unclip_ratio, 'min_text_score': 0}
    every = text_regions(pixels, min_text_width=0, **options).polygons
    short_sides = [np.hypot(*np.diff(quad[:3], axis=0).T).min() for quad in every]
    found = {quad.tobytes() for quad in text_regions(pixels, min_text_width=min_text_width, **options).polygons}
    assert found >= {q.tobytes() for q, side in zip(every, short_sides, strict=True) if side > min_text_width + 1e-4}
    assert found <= {q.tobytes() for q, side in zip(every, short_sides, strict=True) if side > min_text_width - 1e-4}


@pytest.mark.parametrize('text_repr_type', ['quad', 'poly'])
@pytest.mark.parametrize(('max_candidates', 'left'), [(1, [60]), (3, [40, 50, 60]), (4, [30, 40, 50, 60]),
                                                      (5, [30, 40, 50, 60])])
def test_candidate_limit_is_exact_and_keeps_the_largest(text_repr_type, max_candidates, left):
    pixels = np.zeros((200, 100), np.float32)
    for row, width in enumerate((50, 30, 60, 40)):
        pixels[20 + 40 * row:31 + 40 * row, 10:11 + width] = 0.9
    found = text_regions(pixels, text_repr_type, max_candidates=max_candidates, unclip_ratio=0)
    assert sorted(round(float(np.ptp(p[:, 0]))) for p in found.polygons) == left


def test_specks_do_not_use_up_the_candidate_limit():
    pixels = block_map(shape=(400, 400))
    pixels[100:400:6, 100:400:6] = 1
    assert len(text_regions(pixels, max_candidates=1).polygons) == 1


# --- what is a region -------------------------------------------------------------------------------------------------
def test_hole_is_no_region():
    pixels = block_map(0.9, (120, 200))
    pixels[30:91, 20:121] = 0.9
    pixels[50:57, 50:57] = 0.1  # the pixels around it, at 0.9, lift its mean above 0.3
    assert len(mmocr_regions(pixels, 'quad')[0]) == 2
    (quad,), _ = text_regions(pixels)
    assert shapely.Polygon(quad).contains(shapely.box(20, 30, 120, 90))


def test_text_inside_a_hole_is_a_region():
    pixels = np.zeros((200, 300), np.float32)
    pixels[20:180, 20:280] = 0.9
    pixels[40:160, 40:260] = 0
    pixels[90:111, 100:201] = 0.7
    (inner,) = (q for q, score in zip(*text_regions(pixels), strict=True) if score == pytest.approx(0.7))
    assert shapely.Polygon(inner).area < 200 * 80


def test_region_that_closes_while_it_grows_is_kept():
    """A ring of 101 x 101 and 15 wide with a gap of 4: MMOCR drops it, as its offset has two parts."""
    pixels = np.zeros((160, 160), np.float32)
    pixels[30:131, 30:131] = 0.9
    pixels[45:116, 45:116] = 0
    pixels[78:82, 30:50] = 0
    assert mmocr_regions(pixels, 'poly', min_text_score=0.1)[0] == []
    (polygon,), _ = text_regions(pixels, 'poly', min_text_score=0.1)
    assert shapely.Polygon(polygon).contains(shapely.box(30, 30, 130, 130))


def test_triangle_is_no_region():
    pixels = np.zeros((100, 100), np.float32)
    cv2.fillPoly(pixels, [np.array([[10, 80], [90, 80], [50, 20]])], 0.9)
    assert text_regions(pixels).polygons == mmocr_regions(pixels, 'quad')[0] == []


@pytest.mark.parametrize('shape', [(40, 50), (1, 1), (0, 10), (10, 0)])
@pytest.mark.parametrize('text_repr_type', ['quad', 'poly'])
def test_map_without_text(shape, text_repr_type):
    polygons, scores = text_regions(np.zeros(shape, np.float32), text_repr_type)
    assert polygons == []
    assert scores.shape == (0,)


# --- against others ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize('epsilon_ratio', [0.01, 0.002])
@pytest.mark.parametrize('kind', list(SHAPES))
@pytest.mark.parametrize('text_repr_type', ['quad', 'poly'])
def test_as_mmocr(text_repr_type, kind, epsilon_ratio):
    """To a pixel, but for the angles of quads: MMOCR measures them on outlines rounded to whole pixels."""
    pixels = page(kind, seed=3)
    theirs, their_scores = mmocr_regions(pixels, text_repr_type, epsilon_ratio=epsilon_ratio)
    ours, our_scores = text_regions(pixels, text_repr_type, epsilon_ratio=epsilon_ratio)
    assert len(theirs) == 30
    pairs = match(theirs, ours)
    np.testing.assert_allclose(our_scores[pairs], their_scores, rtol=1e-6)
    distances = [hausdorff(theirs[i], ours[j]) for i, j in enumerate(pairs)]
    assert np.median(distances) < 0.75
    if text_repr_type == 'poly':
        # Rounding moves a corner of theirs by up to 0.71; their few chords leave an arc by up to 0.63.
        assert np.quantile(distances, 0.75) < 1
        assert max(distances) < 1.34
    else:
        assert min(iou(theirs[i], ours[j]) for i, j in enumerate(pairs)) > 0.85


@pytest.mark.parametrize('kind', list(SHAPES))
def test_quads_are_those_of_the_exact_offset(kind):
    """The same steps with offsets to 1/1024 pixel, and OpenCV's rectangle around them."""
    pixels = page(kind, seed=4)
    exact = []
    contours, _ = cv2.findContours((pixels > 0.3).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        outline = cv2.approxPolyDP(contour, 0.01 * cv2.arcLength(contour, True), True)[:, 0]
        shape = shapely.Polygon(outline)
        clipper = pyclipper.PyclipperOffset(arc_tolerance=1)
        clipper.AddPath((outline * 1024).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
        (grown,) = clipper.Execute(1024 * 1.5 * shape.area / shape.length)
        exact.append(cv2.boxPoints(cv2.minAreaRect(np.array(grown, np.float32) / 1024)))
    ours, _ = text_regions(pixels, 'quad')
    for i, j in enumerate(match(exact, ours)):
        same = hausdorff(exact[i], ours[j]) < 0.1
        # Of two rectangles of one area at different angles, either may be chosen.
        tie = shapely.Polygon(ours[j]).area == pytest.approx(shapely.Polygon(exact[i]).area, rel=1e-3)
        assert same or tie
        assert shapely.Polygon(ours[j]).area < shapely.Polygon(exact[i]).area * 1.0005


def test_quads_start_top_left_and_run_clockwise():
    for quad in text_regions(page('box', seed=5), 'quad').polygons:
        assert np.argmin(quad.sum(axis=1)) == 0
        x, y = quad.T
        assert x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0


# --- input ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize('dtype', [np.float16, np.float64])
def test_other_precisions(dtype):
    np.testing.assert_allclose(text_regions(block_map().astype(dtype)).polygons, [GROWN_QUAD], atol=1e-4)


def test_map_may_be_a_view_and_stays_as_it_is():
    whole = np.zeros((160, 200), np.float32)
    whole[::2, ::2] = block_map()
    whole.setflags(write=False)
    before = whole.copy()
    for text_repr_type in ('quad', 'poly'):
        (polygon,), _ = text_regions(whole[::2, ::2], text_repr_type)
        np.testing.assert_allclose(polygon.max(axis=0), [66, 46], atol=1e-4)
    np.testing.assert_array_equal(whole, before)


@pytest.mark.parametrize('pixels', [np.full((40, 50), np.nan, np.float32), np.where(block_map() > 0, np.nan, 0)],
                         ids=['all', 'a region'])
def test_nan_is_an_error(pixels):
    with pytest.raises(ValueError, match='the probability map holds NaN'):
        text_regions(pixels)


@pytest.mark.parametrize('shape', [(5,), (1, 5, 5)])
def test_wrong_dimensions(shape):
    with pytest.raises(ValueError, match=r'a probability map has the shape \(H, W\), got \('):
        text_regions(np.zeros(shape, np.float32))


def test_wrong_text_repr_type():
    with pytest.raises(ValueError, match="text_repr_type is 'quad' or 'poly', got 'bezier'"):
        text_regions(block_map(), 'bezier')
