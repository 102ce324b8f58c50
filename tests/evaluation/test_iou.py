"""The IoU protocol, against a slow evaluation in exact arithmetic, and on small scenes worked out by hand."""

import itertools

import numpy as np
import pytest
from text_scenes import area, cells, fractions, random_scene, shared_convex, slow_evaluation

from dbnetpp_plugin.evaluation.iou import Comparison, compare, count_matches, match_in_order, match_most


def box(x0, y0, x1, y1):
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def matches_of(comparison):
    return [tuple(pair) for pair in match_in_order(comparison.pairs).tolist()]


@pytest.mark.parametrize('seed', range(8))
def test_quads_as_in_exact_arithmetic(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        truths, ignored, found, _ = random_scene(rng)
        comparison = compare(truths, ignored, found)
        matches, counted = slow_evaluation(
            [fractions(polygon) for polygon in truths], ignored, [fractions(polygon) for polygon in found],
            area, shared_convex)
        assert matches_of(comparison) == matches
        assert comparison.counted.tolist() == counted


@pytest.mark.parametrize('seed', range(4))
def test_staircases_as_in_counted_cells(seed):
    rng = np.random.default_rng(seed)
    for _ in range(100):
        truths, ignored, found, _ = random_scene(rng, rotated=False)
        comparison = compare(truths, ignored, found)
        matches, counted = slow_evaluation(
            [cells(polygon) for polygon in truths], ignored, [cells(polygon) for polygon in found],
            np.sum, lambda first, second: int((first & second).sum()))
        assert matches_of(comparison) == matches
        assert comparison.counted.tolist() == counted


def test_scenes_hold_what_they_are_meant_to_test():
    rng = np.random.default_rng(0)
    scenes = [random_scene(rng) for _ in range(300)]
    comparisons = [compare(*scene[:3]) for scene in scenes]
    assert sum(len(match_in_order(c.pairs)) for c in comparisons) > 200
    assert sum(len(c.pairs) - len(match_in_order(c.pairs)) for c in comparisons) > 20  # something to choose
    assert sum((~c.counted).sum() for c in comparisons) > 50


@pytest.mark.parametrize(('height', 'matches'), [
    (20, 0),  # 10 / 20 is not above 0.5
    (19.99, 1),
    (10, 1),
    (5.01, 1),
    (5, 0),
])
def test_iou_has_to_be_above_the_threshold(height, matches):
    comparison = compare([box(0, 0, 30, 10)], [False], [box(0, 0, 30, height)])
    assert count_matches(comparison).recalled == matches


@pytest.mark.parametrize(('right', 'counted'), [(20, True), (19.9, False), (10, False)])
def test_prediction_must_be_more_than_half_inside_text_that_does_not_count(right, counted):
    comparison = compare([box(0, 0, 10, 10)], [True], [box(0, 0, right, 10)])
    assert comparison.counted.tolist() == [counted]
    assert comparison.ground_truths == 0


def test_halves_of_several_regions_do_not_add_up():
    comparison = compare([box(0, 0, 10, 10), box(10, 0, 20, 10)], [True, True], [box(0, 0, 20, 10)])
    assert comparison.counted.tolist() == [True]


def test_prediction_that_is_left_out_is_not_right_either():
    comparison = compare([box(0, 0, 10, 10), box(0, 0, 10, 10)], [True, False], [box(0, 0, 10, 10)])
    tally = count_matches(comparison)
    assert (tally.recalled, tally.ground_truths, tally.predictions) == (0, 1, 0)


def test_first_that_fits_is_taken_though_a_later_one_fits_better():
    truth = box(0, 0, 30, 10)
    comparison = compare([truth], [False], [box(0, 0, 30, 12), truth])
    assert matches_of(comparison) == [(0, 0)]
    np.testing.assert_allclose(comparison.ious, [10 / 12, 1])


def test_order_decides_and_most_finds_more():
    # Prediction 0 fits both ground truths, prediction 1 only the first.
    truths = [box(0, 0, 100, 10), box(30, 0, 130, 10)]
    comparison = compare(truths, [False, False], [box(15, 0, 115, 10), box(0, 0, 90, 10)])
    assert comparison.pairs.tolist() == [[0, 0], [0, 1], [1, 0]]
    assert matches_of(comparison) == [(0, 0)]
    assert sorted(match_most(comparison.pairs).tolist()) == [[0, 1], [1, 0]]


def test_most_is_as_many_as_any_choice():
    rng = np.random.default_rng(3)
    for _ in range(200):
        pairs = np.argwhere(rng.random((4, 4)) < 0.4)
        choices = [sum(pair in set(zip(range(4), order, strict=True)) for pair in map(tuple, pairs.tolist()))
                   for order in itertools.permutations(range(4))]
        matched = match_most(pairs)
        assert len(matched) == max(choices)
        assert {tuple(pair) for pair in matched.tolist()} <= {tuple(pair) for pair in pairs.tolist()}
        assert all(len(set(side)) == len(side) for side in matched.T.tolist())


@pytest.mark.parametrize('strategy', [match_in_order, match_most])
def test_nothing_at_all(strategy):
    tally = count_matches(compare([], [], []), strategy)
    assert (tally.recalled, tally.ground_truths, tally.predictions) == (0, 0, 0)


def test_kept_is_as_if_the_others_had_not_been_made():
    rng = np.random.default_rng(5)
    for _ in range(50):
        truths, ignored, found, scores = random_scene(rng)
        kept = scores >= 0.6
        fewer = compare(truths, ignored, [polygon for polygon, keep in zip(found, kept, strict=True) if keep])
        assert count_matches(compare(truths, ignored, found).kept(kept)) == count_matches(fewer)


def test_accepts_flat_and_paired_points_and_leaves_them_alone():
    flat = [0, 0, 30, 0, 30, 10, 0, 10]
    paired = np.array(flat, np.float32).reshape(-1, 2)
    before = paired.copy()
    assert count_matches(compare([flat], [False], [paired])).recalled == 1
    np.testing.assert_array_equal(paired, before)


def test_direction_of_outlines_does_not_matter():
    truth = box(0, 0, 30, 10)
    assert isinstance(compare([truth], [False], [truth[::-1]]), Comparison)
    assert count_matches(compare([truth], [False], [truth[::-1]])).recalled == 1


def test_each_ground_truth_needs_a_flag():
    with pytest.raises(ValueError, match='each of 2 ground truths needs one do-not-care flag, got 1'):
        compare([box(0, 0, 1, 1), box(0, 0, 2, 2)], [False], [])
