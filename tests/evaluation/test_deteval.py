"""DetEval, against the loops of its description and on scenes worked out by hand."""

import numpy as np
import pytest
from text_scenes import random_scene

from dbnetpp_plugin.evaluation.deteval import deteval
from dbnetpp_plugin.evaluation.regions import make_regions


def box(x0, y0, x1, y1):
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


WORD = box(0, 0, 100, 10)


def evaluate(truths, found, ignored=None, **thresholds):
    flags = np.zeros(len(truths), bool) if ignored is None else np.array(ignored)
    return deteval(make_regions(truths), flags, make_regions(found), **thresholds)


@pytest.mark.parametrize(('truths', 'found', 'recalled', 'precise'), [
    ([WORD], [WORD], 1, 1),
    ([WORD], [box(0, 0, 71, 10)], 1, 1),
    ([WORD], [box(0, 0, 70, 10)], 0, 0),  # one-to-one needs more than 0.7
    ([WORD], [box(0, 0, 100, 16)], 1, 1),  # 10 / 16 = 0.62
    ([WORD], [box(0, 0, 100, 17)], 0, 0),  # 0.59
    ([WORD], [box(0, 0, 70.4, 10)], 0, 0),  # 0.704 is 0.7 in two decimals
    ([WORD], [box(0, 0, 50, 10), box(50, 0, 100, 10)], 0.8, 1.6),  # split
    ([WORD], [box(0, 0, 35, 10), box(35, 0, 70, 10)], 0.8, 1.6),  # together just 0.7
    ([WORD], [box(0, 0, 35, 10), box(35, 0, 69, 10)], 0, 0),
    ([WORD, box(110, 0, 210, 10)], [box(0, 0, 210, 10)], 1.6, 0.8),  # merged
    ([WORD, box(200, 0, 300, 10)], [box(0, 0, 300, 10)], 1.6, 0.8),
    # A merged word needs 0.6 of each, not 0.7.
    ([WORD, box(110, 0, 210, 10)], [box(40, 0, 170, 10)], 1.6, 0.8),
    ([WORD, box(110, 0, 210, 10)], [box(41, 0, 169, 10)], 0, 0),
    ([WORD, box(300, 0, 400, 10)], [box(0, 0, 400, 10)], 0, 0),  # half of it is on no text
    # The second prediction has none of its own; the first is left alone and matches one-to-one.
    ([WORD], [box(0, 0, 70, 10), box(0, 5, 100, 25)], 1, 1),
    ([], [WORD], 0, 0),
    ([WORD], [], 0, 0),
    ([], [], 0, 0),
])
def test_credit(truths, found, recalled, precise):
    tally, *_ = evaluate(truths, found)
    assert tally.recalled == pytest.approx(recalled)
    assert tally.precise == pytest.approx(precise)
    assert (tally.ground_truths, tally.predictions) == (len(truths), len(found))


def test_older_thresholds():
    found = [box(0, 0, 81, 20)]  # 0.81 of the word, 0.5 of the prediction
    assert evaluate([WORD], found, sigma_thr=0.8, tau_thr=0.4)[0].recalled == 1
    assert evaluate([WORD], found)[0].recalled == 0


def test_found_and_right_are_indices_of_the_input():
    truths = [box(500, 0, 600, 10), box(700, 0, 800, 10), WORD]
    found = [box(700, 0, 800, 10), box(0, 0, 50, 10), box(0, 100, 9, 109), box(50, 0, 100, 10)]
    _, recalled, right, counted = evaluate(truths, found, [False, True, False])
    assert recalled.tolist() == [2]
    assert right.tolist() == [1, 3]
    assert counted.tolist() == [False, True, True, True]


def test_a_square_pixel_is_added_where_text_does_not_count():
    truth = box(0, 0, 10, 10)
    assert evaluate([truth], [box(0, 0, 10, 19.9)], [True])[3].tolist() == [True]  # 100 / 200
    assert evaluate([truth], [box(0, 0, 10, 19.8)], [True])[3].tolist() == [False]


@pytest.mark.parametrize('thresholds', [(0.7, 0.6), (0.8, 0.4), (0.5, 0.3)])
def test_as_the_loops_of_the_description(thresholds):
    rng = np.random.default_rng(4)
    credits = []
    for _ in range(300):
        truths, ignored, found, _ = random_scene(rng)
        # Words broken in two and pairs of words as one, so that every kind of match comes up.
        found = [*found, *(half for truth in truths[:2] for half in halves(truth))]
        tally, *_ = evaluate(truths, found, ignored, sigma_thr=thresholds[0], tau_thr=thresholds[1])
        expected = slow_deteval(truths, ignored, found, *thresholds)
        assert (tally.recalled, tally.precise, tally.ground_truths, tally.predictions) == pytest.approx(expected)
        credits.append(tally.recalled % 1)
    assert sum(credit > 0 for credit in credits) > 20


def halves(quad):
    """A quadrangle cut across."""
    a, b, c, d = quad
    return np.array([a, (a + b) / 2, (c + d) / 2, d]), np.array([(a + b) / 2, b, c, (c + d) / 2])


def slow_deteval(truths, ignored, found, tr, tp):
    """Sums of recall and precision, and the numbers of ground truths and predictions."""
    shapes = [make_regions([p]).shapes[0] for p in truths]
    dets = [make_regions([p]).shapes[0] for p in found]
    dets = [d for d in dets if not any(
        s.intersection(d).area / (d.area + 1) > 0.5 for s, dont in zip(shapes, ignored, strict=True) if dont)]
    shapes = [s for s, dont in zip(shapes, ignored, strict=True) if not dont]
    n, m = range(len(shapes)), range(len(dets))
    sigma = {(i, j): round(shapes[i].intersection(dets[j]).area / shapes[i].area, 2) for i in n for j in m}
    tau = {(i, j): round(shapes[i].intersection(dets[j]).area / dets[j].area, 2) for i in n for j in m}
    used_g, used_d, recall, precision = set(), set(), 0.0, 0.0
    for i in n:
        a, b = [j for j in m if sigma[i, j] > tr], [j for j in m if tau[i, j] > tp]
        if len(a) == len(b) == 1 and sum(sigma[k, a[0]] > tr for k in n) == 1 == sum(tau[k, b[0]] > tp for k in n):
            used_g.add(i)
            used_d.add(a[0])
            recall, precision = recall + 1, precision + 1
    for i in n:
        if i in used_g or sum(sigma[i, j] > 0 for j in m) < 2:
            continue
        many = [j for j in m if tau[i, j] >= tp and j not in used_d]
        if len(many) == 1 and sigma[i, many[0]] >= tr:
            recall, precision = recall + 1, precision + 1
        elif len(many) > 1 and sum(np.array([sigma[i, j] for j in many])) >= tr:
            recall, precision = recall + 0.8, precision + 0.8 * len(many)
        else:
            continue
        used_g.add(i)
        used_d.update(many)
    for j in m:
        if j in used_d or sum(tau[i, j] > 0 for i in n) < 2:
            continue
        many = [i for i in n if sigma[i, j] >= tp and i not in used_g]
        if len(many) == 1 and tau[many[0], j] >= tp and sigma[many[0], j] >= tr:
            recall, precision = recall + 1, precision + 1
        elif len(many) > 1 and sum(np.array([tau[i, j] for i in many])) >= tp:
            recall, precision = recall + 0.8 * len(many), precision + 0.8
        else:
            continue
        used_d.add(j)
        used_g.update(many)
    return recall, precision, len(shapes), len(dets)
