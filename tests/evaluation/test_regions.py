"""Shapes of outlines, of those too that cannot be right."""

import numpy as np
import pytest
import shapely

from dbnetpp_plugin.evaluation.faults import MEANINGS, count_faults, describe_faults, find_faults
from dbnetpp_plugin.evaluation.overlaps import overlaps
from dbnetpp_plugin.evaluation.regions import make_regions
from dbnetpp_plugin.geometry.polygons import signed_area, simple_rings

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
BOW_TIE = [(0, 0), (10, 10), (10, 0), (0, 10)]
LINE = [(0, 0), (10, 0), (5, 0)]


@pytest.mark.parametrize(('polygon', 'area'), [
    (SQUARE, 100),
    (SQUARE[::-1], 100),
    ([*SQUARE, SQUARE[0]], 100),  # closed already
    ([SQUARE[0], *SQUARE], 100),  # a point twice
    (BOW_TIE, 50),  # both halves
    ([*SQUARE, *SQUARE], 100),  # round it twice
    (LINE, 0),
    ([(3, 3)] * 4, 0),
    ([(0, 0), (10, 0)], 0),
    ([], 0),
    ([(0, 0), (10, 0), (np.nan, 10), (0, 10)], 0),
    ([(0, 0), (np.inf, 0), (10, 10), (0, 10)], 0),
    ([(0, 0), (1e8, 0), (10, 10), (0, 10)], 0),
    ([0, 0, 10, 0, 10, 10, 0], 0),  # an x without a y
    ([0, 0, 10, 0, 10, 10, 0, 10], 100),
])
def test_area(polygon, area):
    regions = make_regions([polygon])
    assert regions.areas.tolist() == [area]
    assert shapely.is_valid(regions.shapes).all()
    assert regions.shapes[0].geom_type in ('Polygon', 'MultiPolygon')


def test_every_polygon_keeps_its_place():
    regions = make_regions([SQUARE, [], BOW_TIE, LINE, [(0, 0), (4, 0), (4, 4), (0, 4)]])
    assert regions.areas.tolist() == [100, 0, 50, 0, 16]
    assert regions.malformed.tolist() == [1]
    assert regions.crossing.tolist() == [2, 3]


def test_no_polygons():
    assert len(make_regions([])) == 0
    assert len(overlaps(make_regions([]), make_regions([SQUARE])).areas) == 0
    assert len(overlaps(make_regions([SQUARE]), make_regions([])).areas) == 0


def test_crossing_outlines_cover_what_the_geometry_package_says():
    rng = np.random.default_rng(0)
    for _ in range(100):
        outline = rng.integers(0, 20, (rng.integers(4, 9), 2)).astype(float)
        covered = sum(signed_area(ring) for ring in simple_rings(outline))
        np.testing.assert_allclose(make_regions([outline]).areas, covered, atol=1e-9)


def test_input_is_left_alone():
    polygons = [np.array(BOW_TIE, np.float32), np.array(SQUARE, np.float32)]
    before = [polygon.copy() for polygon in polygons]
    find_faults(make_regions(polygons))
    for polygon, old in zip(polygons, before, strict=True):
        np.testing.assert_array_equal(polygon, old)


def test_overlaps_are_all_that_there_are_and_in_order():
    rng = np.random.default_rng(1)
    first, second = (make_regions([rng.uniform(0, 60, 2) + rng.uniform(0, 30, (4, 2)) for _ in range(20)])
                     for _ in range(2))
    found = overlaps(first, second)
    table = np.zeros((20, 20))
    table[found.first, found.second] = found.areas
    expected = [[a.intersection(b).area for b in second.shapes] for a in first.shapes]
    np.testing.assert_allclose(table, expected, atol=1e-9)
    assert (table > 0).sum() > 30
    pairs = list(zip(found.first, found.second, strict=True))
    assert pairs == sorted(pairs)


def test_overlaps_leave_out_only_what_is_too_small():
    rng = np.random.default_rng(2)
    first, second = (make_regions([rng.uniform(0, 60, 2) + rng.uniform(0, 30, (4, 2)) for _ in range(20)])
                     for _ in range(2))
    every = overlaps(first, second)
    large = overlaps(first, second, lambda i, j: np.full(len(i), 60.0))
    assert len(large.areas) < len(every.areas)
    assert sorted(large.areas[large.areas >= 60]) == sorted(every.areas[every.areas >= 60])


@pytest.mark.parametrize('edge', [10, 1 / 3, 1e-3, 1234.567])
def test_overlap_that_just_reaches_what_is_needed_is_kept(edge):
    square = make_regions([np.array(SQUARE) / 10 * edge])
    assert len(overlaps(square, square, lambda i, j: square.areas[i]).areas) == 1


@pytest.mark.parametrize(('polygons', 'kind', 'indices'), [
    ([SQUARE, [(0, 0), (1, 1)]], 'malformed', [1]),
    ([SQUARE, LINE, [(3, 3)] * 4], 'no_area', [1, 2]),
    ([SQUARE, BOW_TIE], 'crossing', [1]),
    ([SQUARE, SQUARE, SQUARE[::-1], SQUARE[1:] + SQUARE[:1]], 'duplicate', [1, 2, 3]),
    ([SQUARE, [(0, 0), (10, 0), (10, 10)]], 'duplicate', []),
    ([SQUARE, BOW_TIE], 'duplicate', []),  # the same bounding box
    ([LINE, LINE], 'duplicate', []),
    ([SQUARE, [(-1, 0), (5, 0), (5, 5)], [(0, -1), (5, 0), (5, 5)], [(0, 0), (21, 0), (5, 5)],
      [(0, 0), (20, 0), (5, 31)], [(0, 0), (20, 0), (20, 30)]], 'outside', [1, 2, 3, 4]),
])
def test_faults(polygons, kind, indices):
    assert find_faults(make_regions(polygons), (30, 20))[kind].tolist() == indices


def test_kinds_of_faults_do_not_count_twice():
    faults = find_faults(make_regions([[(0, 0)], LINE, BOW_TIE, BOW_TIE]))
    assert {kind: found.tolist() for kind, found in faults.items()} == {
        'malformed': [0], 'no_area': [1], 'crossing': [2, 3], 'duplicate': [3], 'outside': []}


def test_size_of_the_image_is_needed_at_two_sides_only():
    assert find_faults(make_regions([[(0, 0), (9999, 0), (5, 9999)], [(-1, 0), (5, 0), (5, 5)]]))['outside'] == [1]


def test_faults_are_said_in_one_line():
    faults = [find_faults(make_regions([SQUARE, SQUARE])), find_faults(make_regions([LINE]))]
    counts = count_faults(faults)
    assert counts == {'no_area': 1, 'duplicate': 1}
    assert describe_faults(counts) == f'1 {MEANINGS["no_area"]}; 1 {MEANINGS["duplicate"]}'
    assert describe_faults({}) == ''
