"""Reasons for finding nothing."""

import numpy as np
import pytest

from dbnetpp_plugin.evaluation.diagnosis import diagnose
from dbnetpp_plugin.evaluation.text_image import TextImage

SIZE = (720, 1280)


def quads(rng, count=12):
    """Words of a page, apart from one another."""
    x, y = rng.uniform(20, 200, count), np.linspace(20, 680, count)
    return [np.array([(a, b), (a + 150, b + 5), (a + 150, b + 30), (a, b + 25)]) for a, b in zip(x, y, strict=True)]


def pairs_with(change, scores=0.5, ignored=False, size=SIZE):
    rng = np.random.default_rng(0)
    pairs = []
    for number in range(5):
        words = quads(rng)
        found = [change(word) for word in words]
        pairs.append((TextImage(f'{number}', words, np.full(len(words), ignored), size=size),
                      TextImage(f'{number}', found, np.zeros(len(found), bool), np.full(len(found), scores))))
    return pairs


def away(polygon):
    return polygon + 10_000


@pytest.mark.parametrize(('change', 'remedy'), [
    (lambda p: p[:, ::-1], 'With x and y exchanged, 60 of 60 ground truths in 5 images are found.'),
    (lambda p: p[[0, 2, 1, 3]], 'With the points of each outline put in order, 60 of 60'),
    (lambda p: p / (1280, 720), 'With coordinates taken as parts of width and height, 60 of 60'),
    (lambda p: p * 0.5, 'With coordinates multiplied by 2'),
    (lambda p: p * 3.7, 'With coordinates multiplied by 0.27'),
])
def test_remedies(change, remedy):
    assert remedy in ' '.join(diagnose(pairs_with(change)))


def test_nothing_to_say_of_good_predictions_but_that_they_are_good():
    assert diagnose(pairs_with(lambda p: p)) == [
        'With the coordinates as they are, 60 of 60 ground truths in 5 images are found.']


def test_no_remedy():
    assert diagnose(pairs_with(away)) == []


@pytest.mark.parametrize(('pairs', 'score_thr', 'reason'), [
    ([(TextImage('', quads(np.random.default_rng(0)), np.zeros(12, bool)), TextImage('', [], np.zeros(0, bool)))], None,
     'There are no predictions: the detector found nothing, or kept nothing.'),
    (pairs_with(away, ignored=True), None, 'There is no ground truth that counts.'),
    ([], None, 'There is no ground truth that counts.'),
    (pairs_with(away, scores=0.31), 0.5, '60 of 60 predictions score less than 0.5; the highest score is 0.31.'),
    (pairs_with(lambda p: p[:1] + np.zeros((4, 1))), None, '60 of 60 predictions cover no area.'),
    (pairs_with(lambda p: away(p) * 0.1), None, 'Half of the predictions cover less than 37.5 square pixels, half of '
                                                'the ground truths less than 3750.'),
])
def test_reasons(pairs, score_thr, reason):
    assert reason in diagnose(pairs, score_thr)


def test_predictions_in_text_that_does_not_count():
    truth = TextImage('', [*quads(np.random.default_rng(0)), away(np.array([(0, 0), (9, 0), (9, 9), (0, 9)]))],
                      np.array([True] * 12 + [False]))
    found = TextImage('', truth.polygons[:12], np.zeros(12, bool))
    assert diagnose([(truth, found)])[0] == 'All 12 predictions lie in do-not-care text.'


def test_most_lost_to_the_threshold_is_said_though_some_are_left():
    pairs = pairs_with(away, scores=0.3)
    pairs[0][1].scores[:] = 0.9
    assert diagnose(pairs, 0.5)[0] == '48 of 60 predictions score less than 0.5; the highest score is 0.9.'
