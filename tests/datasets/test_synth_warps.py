"""From the canvas to the page: ink and outlines move together."""

import math

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth.options import PageOptions
from dbnetpp_plugin.datasets.synth.warps import (
    Arc,
    Perspective,
    random_arc,
    random_lean,
    random_perspective,
    rotation,
    translation,
)

SIZE = (90, 24)  # of a canvas


def arcs(bend=1, lean=0.0, place=(0.0, 0.0)):
    return Arc(radius=100.0, bend=bend, lean=lean, middle=(45.0, 12.0), place=place)


def test_arc_by_hand():
    # A quarter of the circle to the right, and the top edge, which is 12 farther from the centre (0, 100).
    right = 45 + 100 * math.pi / 2
    np.testing.assert_allclose(
        arcs().to_page(np.array([[45, 12], [right, 12], [45, 0], [right, 0]])),
        [[0, 0], [100, 100], [0, -12], [112, 100]], atol=1e-9)


def test_smile_by_hand():
    # The centre is at (0, -100), and the top edge nearer to it.
    right = 45 + 100 * math.pi / 2
    np.testing.assert_allclose(
        arcs(bend=-1).to_page(np.array([[45, 12], [right, 12], [45, 0], [right, 0]])),
        [[0, 0], [100, -100], [0, -12], [88, -100]], atol=1e-9)


def test_lean_is_clockwise():
    np.testing.assert_allclose(rotation(math.pi / 2) @ [1, 0], [0, 1], atol=1e-12)
    np.testing.assert_allclose(arcs(lean=math.pi / 2).to_page(np.array([[45.0, 0.0]])), [[12, 0]], atol=1e-9)


@pytest.mark.parametrize(('bend', 'lean'), [(1, 0.0), (1, 0.7), (-1, 0.0), (-1, -0.4)])
def test_ink_of_an_arc_goes_where_its_points_go(bend, lean):
    warp = arcs(bend, lean, (70.0, 60.0))
    for x, y in [(10, 5), (45, 12), (80, 20)]:
        canvas = np.zeros(SIZE[::-1], np.uint8)
        canvas[y - 1:y + 2, x - 1:x + 2] = 255
        ink = warp.render(canvas, (0, 0, 150, 130)).astype(float)
        rows, columns = np.mgrid[:130, :150]
        centre = [(columns * ink).sum() / ink.sum(), (rows * ink).sum() / ink.sum()]
        np.testing.assert_allclose(centre, warp.to_page(np.array([[x, y]]))[0], atol=0.15)


def some_warps():
    rng = np.random.default_rng(3)
    return [draw(rng, SIZE) for _ in range(6) for draw in (random_perspective, random_arc)]


@pytest.mark.parametrize('warp', some_warps())
def test_moving_moves_every_point(warp):
    points = np.array([[0.0, 0.0], [50.0, 3.0], [89.0, 23.0]])
    np.testing.assert_allclose(warp.moved(5, -7).to_page(points), warp.to_page(points) + np.array([5, -7]), atol=1e-6)


@pytest.mark.parametrize('warp', some_warps())
def test_outline_is_the_edge_of_the_ink(warp):
    box = (9.5, 4.5, 79.5, 18.5)
    canvas = np.zeros(SIZE[::-1], np.uint8)
    canvas[5:19, 10:80] = 255
    warp = warp.moved(*(5 - warp.outline((-0.5, -0.5, 89.5, 23.5)).min(axis=0)))
    page = (150, 150)
    ink = warp.render(canvas, (0, 0, *page)) > 127
    outline = warp.outline(box)
    assert outline.shape[0] in (4, 12)
    inside = np.array([
        [cv2.pointPolygonTest(outline.astype(np.float32), (x, y), True) for x in range(page[0])]
        for y in range(page[1])])
    # Ink is soft at its edge, and between its points the outline of an arc is straight, up to 0.8 pixels off here.
    slack = 1.0
    assert ink[inside > slack].all()
    assert not ink[inside < -slack].any()
    assert ink.sum() == pytest.approx(cv2.contourArea(outline.astype(np.float32)), rel=0.05)


@pytest.mark.parametrize('warp', some_warps())
def test_outline_is_clockwise_from_the_top_left(warp):
    outline = warp.outline((9.5, 4.5, 79.5, 18.5))
    np.testing.assert_allclose(outline[0], warp.to_page(np.array([[9.5, 4.5]]))[0])
    np.testing.assert_allclose(outline[-1], warp.to_page(np.array([[9.5, 18.5]]))[0])
    assert cv2.contourArea(outline.astype(np.float32), oriented=True) > 0  # Positive is clockwise as one sees it.


def test_part_of_a_page_is_the_page_s_part():
    canvas = np.random.default_rng(0).integers(0, 256, SIZE[::-1], np.uint8)
    for warp in some_warps():
        warp = warp.moved(*(5 - warp.outline((-0.5, -0.5, 89.5, 23.5)).min(axis=0)))
        whole, part = warp.render(canvas, (0, 0, 150, 150)), warp.render(canvas, (20, 10, 90, 60))
        assert np.abs(whole[10:60, 20:90].astype(int) - part).max() <= 8  # Interpolation works in steps of 1/32 pixel.


def test_perspective_by_hand():
    warp = Perspective(translation(3, 4) @ np.diag([2.0, 5.0, 1.0]))
    np.testing.assert_allclose(warp.outline((0, 0, 10, 20)), [[3, 4], [23, 4], [23, 104], [3, 104]])


def test_leans_are_mostly_small_and_never_beyond_the_largest():
    rng = np.random.default_rng(0)
    leans = np.array([random_lean(rng) for _ in range(2000)])
    assert np.abs(leans).max() <= math.radians(PageOptions().max_lean)
    assert np.mean(np.abs(leans) < math.radians(15)) > 0.7
    assert np.mean(np.abs(leans) > math.radians(25)) > 0.04
    assert 0.4 < np.mean(leans > 0) < 0.6


@pytest.mark.parametrize(('turned', 'max_lean'), [(0.0, 20.0), (1.0, 20.0), (1.0, 90.0)])
def test_leans_of_the_options(turned, max_lean):
    rng, options = np.random.default_rng(0), PageOptions(turned=turned, max_lean=max_lean)
    leans = np.degrees([random_lean(rng, options) for _ in range(500)])
    assert np.abs(leans).max() <= max_lean + 1e-9
    # Half of a uniform draw is beyond half its largest value; a normal one of 7 degrees goes there one time in six.
    assert np.mean(np.abs(leans) > max_lean / 2) == pytest.approx(0.5 if turned else 0.153, abs=0.07)


@pytest.mark.parametrize('stretch', [(0.5, 0.6), (1.5, 1.6)])
def test_letters_are_stretched(stretch):
    rng, options = np.random.default_rng(0), PageOptions(stretch=stretch, turned=0.0, max_lean=0.0)
    for _ in range(20):
        outline = random_perspective(rng, (400, 20), options).outline((0, 0, 400, 20))
        assert stretch[0] - 0.03 < (outline[1] - outline[0])[0] / 400 < stretch[1] + 0.03


def test_inner_side_of_an_arc_keeps_its_length():
    # At its inner edge, text keeps at least two thirds of its length, so that letters do not run together.
    rng = np.random.default_rng(0)
    for size in [(20, 20), (60, 40), (600, 20)]:
        warp = random_arc(rng, size)
        assert (warp.radius - size[1] / 2) / warp.radius >= 2 / 3 - 1e-9
