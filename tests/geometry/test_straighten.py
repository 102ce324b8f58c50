"""Edges of outlines whose edges are known."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbnetpp_plugin.datasets.synth.warps import Arc
from dbnetpp_plugin.geometry.offset import offset
from dbnetpp_plugin.geometry.straighten import text_edges

BOX = (0, 0, 300, 50)


def arc(degrees: float, bend: int = 1, lean: float = 0.0) -> Arc:
    return Arc(300 / math.radians(degrees), bend, math.radians(lean), (150, 25), (500, 500))


def contour(warp: Arc) -> np.ndarray:
    """As a detector gives it: the kernel's pixels, traced, simplified and grown, from any point on."""
    kernel = warp.to_page(np.array([[x, y] for x, y in [*((x, 7) for x in range(7, 294, 4)),
                                                        *((x, 43) for x in range(293, 6, -4))]]))
    mask = cv2.fillPoly(np.zeros((1000, 1000), np.uint8), [np.rint(kernel).astype(np.int32)], 1)
    traced = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0][0]
    simple = cv2.approxPolyDP(traced, 0.003 * cv2.arcLength(traced, True), True)[:, 0]
    return offset(simple.astype(np.float64), 7.0)[0]


def distance(points: np.ndarray, polyline: np.ndarray) -> float:
    """Of the point that is farthest from the line."""
    start, step = polyline[:-1], np.diff(polyline, axis=0)
    along = np.clip(((points[:, None] - start) * step).sum(-1) / (step**2).sum(-1), 0, 1)
    return float(np.hypot(*(points[:, None] - start - along[..., None] * step).transpose(2, 0, 1)).min(axis=1).max())


def sides(warp: Arc) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(0, 300, 100)
    return warp.to_page(np.stack([x, np.zeros(100)], 1)), warp.to_page(np.stack([x, np.full(100, 50.0)], 1))


@pytest.mark.parametrize('bend', [1, -1])
@pytest.mark.parametrize('degrees', [40, 90, 180, 260])
def test_annotated_arc_in_reading_order(degrees, bend):
    """Also upside down: the first point says where the text begins."""
    for lean in (0, 75, 180, 290):
        warp = arc(degrees, bend, lean)
        for edge, side in zip(text_edges(warp.outline(BOX), ordered=True), sides(warp), strict=True):
            assert distance(edge, side) < 4
            np.testing.assert_allclose(edge[[0, -1]], side[[0, -1]], atol=4)


@pytest.mark.parametrize('bend', [1, -1])
@pytest.mark.parametrize('degrees', [40, 90, 180, 260])
def test_detected_arc_begins_on_the_left(degrees, bend):
    warp = arc(degrees, bend)
    for edge, side in zip(text_edges(contour(warp)), sides(warp), strict=True):
        assert distance(edge[2:-2], side) < 4
        np.testing.assert_allclose(edge[[0, -1]], side[[0, -1]], atol=12)


@pytest.mark.parametrize(('lean', 'is_turned'), [(44, False), (-44, False), (46, False), (-46, True), (134, False),
                                                 (136, True), (180, True)])
def test_detected_arc_begins_on_top_if_it_is_steep(lean, is_turned):
    """Turned clockwise by 46 degrees, its beginning is its upper end; counterclockwise, its lower one."""
    warp = arc(60, 1, lean)
    top, bottom = sides(warp)
    expected = bottom[::-1] if is_turned else top
    np.testing.assert_allclose(text_edges(contour(warp)).top[[0, -1]], expected[[0, -1]], atol=12)


def test_annotation_that_is_not_in_halves():
    """Five points along the top, three along the bottom."""
    warp = arc(90)
    points = warp.to_page(np.array([[0, 0], [75, 0], [150, 0], [225, 0], [300, 0], [300, 50], [150, 50], [0, 50]]))
    edges = text_edges(points, ordered=True)
    np.testing.assert_allclose(edges.top[[0, -1]], points[[0, 4]], atol=12)
    np.testing.assert_allclose(edges.bottom[[0, -1]], points[[7, 5]], atol=12)


def test_points_are_at_equal_distances():
    for edge in text_edges(contour(arc(120))):
        steps = np.hypot(*np.diff(edge, axis=0).T)
        assert steps.max() < 1.3 * steps.min()


def test_quad_keeps_its_corners():
    quad = np.array([[10, 20], [90, 30], [95, 60], [12, 50]], np.float64)
    edges = text_edges(quad)
    np.testing.assert_array_equal(edges.top, quad[:2])
    np.testing.assert_array_equal(edges.bottom, quad[[3, 2]])


def test_counterclockwise_quad_is_not_mirrored():
    quad = np.array([[10, 20], [12, 50], [95, 60], [90, 30]], np.float64)
    edges = text_edges(quad)
    np.testing.assert_array_equal(edges.top, quad[[0, 3]])
    np.testing.assert_array_equal(edges.bottom, quad[[1, 2]])


def test_quad_that_crosses_itself_is_its_rectangle():
    edges = text_edges([0, 0, 100, 32, 100, 0, 0, 31])
    np.testing.assert_allclose(edges.top, [[0, 0], [100, 0]], atol=1e-3)
    np.testing.assert_allclose(edges.bottom, [[0, 32], [100, 32]], atol=1e-3)


def test_nearly_straight_outline_is_its_rectangle():
    points = np.array([[0, 0], [50, 1], [100, 0], [100, 20], [50, 21], [0, 20]], np.float64)
    edges = text_edges(points)
    np.testing.assert_allclose(edges.top, [[0, 0], [100, 0]], atol=1e-3)
    np.testing.assert_allclose(edges.bottom, [[0, 21], [100, 21]], atol=1e-3)


@pytest.mark.parametrize('corner', [0, 1, 2, 3])
def test_rectangle_begins_at_the_first_point_if_ordered(corner):
    """Of an outline with points in the middle of its long sides, too."""
    corners = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float64)
    points = np.array([[0, 0], [50, 0], [100, 0], [100, 20], [50, 20], [0, 20]], np.float64)
    first = int(np.flatnonzero((points == corners[corner]).all(axis=1))[0])
    edges = text_edges(np.roll(points, -first, axis=0), ordered=True)
    np.testing.assert_allclose(edges.top, np.roll(corners, -corner, axis=0)[:2], atol=1e-3)
    np.testing.assert_allclose(text_edges(np.roll(points, -first, axis=0)).top, corners[:2], atol=1e-3)


@pytest.mark.parametrize('polygon', [[5, 5, 5, 5, 5, 5], [0, 0, 10, 10, 20, 20], [0, 0, 50, 0, 50, 0, 0, 0]])
def test_no_extent(polygon):
    assert text_edges(polygon) is None


@pytest.mark.parametrize('polygon', [[0, 0, 1, 1], [0, 0, np.nan, 1, 2, 2], [0, 0, 1]])
def test_no_polygon(polygon):
    with pytest.raises(ValueError, match='a polygon'):
        text_edges(polygon)


def test_given_points_stay_as_they_are():
    points = contour(arc(90))
    before = points.copy()
    text_edges(points[::-1])
    np.testing.assert_array_equal(points, before)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(-50, 400), st.integers(-50, 400)), min_size=3, max_size=16), st.booleans())
def test_any_outline_gives_finite_edges(points, ordered):
    edges = text_edges(np.array(points), ordered)
    if edges is not None:
        assert edges.top.shape == edges.bottom.shape
        assert np.isfinite(np.concatenate(edges)).all()
