"""TIoU credits worked out by hand."""

import numpy as np
import pytest

from dbnetpp_plugin.evaluation.protocols import score_tiou
from dbnetpp_plugin.evaluation.text_image import TextImage


def box(x0, y0, x1, y1):
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def image(polygons, ignored=None):
    return TextImage('', polygons, np.zeros(len(polygons), bool) if ignored is None else np.array(ignored))


WORD = box(0, 0, 100, 10)


@pytest.mark.parametrize(('found', 'recalled', 'precise'), [
    (WORD, 1, 1),
    (box(0, 0, 80, 10), 0.8 * 0.8, 0.8),  # a fifth of the word is cut off
    (box(0, 0, 99, 10), 0.99, 0.99),  # 1 % is forgiven
    (box(0, 0, 98, 10), 0.98 * 0.98, 0.98),
    (box(0, 0, 125, 10), 0.8, 0.8),  # too large, but on nothing else
    (box(0, 0, 50, 10), 0, 0),
])
def test_one_word(found, recalled, precise):
    tally = score_tiou(image([WORD]), image([found])).tally
    assert tally.recalled == pytest.approx(recalled)
    assert tally.precise == pytest.approx(precise)


@pytest.mark.parametrize('ignored', [False, True])
def test_other_words_in_the_prediction_cost_precision(ignored):
    # 25 of its 125 pixels of length lie beside the word, and 20 of these on another one.
    truth = image([WORD, box(100, 0, 120, 10)], [False, ignored])
    tally = score_tiou(truth, image([box(0, 0, 125, 10)])).tally
    assert tally.recalled == pytest.approx(0.8)
    assert tally.precise == pytest.approx(0.8 * (1 - 20 / 125))
    assert tally.ground_truths == (1 if ignored else 2)


def test_other_words_inside_the_matched_one_cost_nothing():
    tally = score_tiou(image([WORD, box(10, 2, 20, 8)]), image([WORD])).tally
    assert tally.precise == 1


def test_overlapping_words_cost_once():
    truth = image([WORD, box(100, 0, 120, 10), box(105, 0, 120, 10)])
    tally = score_tiou(truth, image([box(0, 0, 125, 10)])).tally
    assert tally.precise == pytest.approx(0.8 * (1 - 20 / 125))
