"""Protocols of the data sets, on small scenes and on a published submission."""

import numpy as np
import pytest

from dbnetpp_plugin.evaluation.evaluate import (
    average_precision,
    best,
    evaluate,
    recall_by_script,
    sweep,
    thresholds,
    total,
)
from dbnetpp_plugin.evaluation.pairing import pair_images
from dbnetpp_plugin.evaluation.protocols import PROTOCOLS, score_spotting, score_td500
from dbnetpp_plugin.evaluation.sources import load_ground_truths, load_predictions
from dbnetpp_plugin.evaluation.tally import Tally
from dbnetpp_plugin.evaluation.text_image import TextImage


def box(x0, y0, x1, y1):
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def image(polygons, ignored=None, **fields):
    flags = np.zeros(len(polygons), bool) if ignored is None else np.array(ignored, bool)
    return TextImage('image', polygons, flags, **fields)


WORDS = [box(0, y, 100, y + 10) for y in (0, 20, 40, 60)]


# The submission is that of https://github.com/Yuliang-Liu/TIoU-metric, curved-tiou, which gives its IoU and TIoU; its
# DetEval is that of the table in https://github.com/cs-chan/Total-Text-Dataset.
@pytest.mark.parametrize(('protocol', 'digits', 'figures'), [
    ('polygon', 4, (0.7014, 0.8038, 0.7492)),
    ('tiou', 3, (0.479, 0.619, 0.540)),
    ('deteval', 2, (0.68, 0.78, 0.73)),
])
def test_published_figures(real_data, protocol, digits, figures):
    folder = real_data / 'eval'
    pairs = pair_images(
        load_ground_truths(folder / 'totaltext_gt_tiou.zip', None),
        load_predictions(folder / 'totaltext_submit_baseline_R0.7014_P0.8038_F0.7492.zip', None))
    tally = total(evaluate(pairs, PROTOCOLS[protocol]))
    assert (len(pairs), tally.ground_truths, tally.predictions) == (300, 2214, 1932)
    assert tuple(round(figure, digits) for figure in (tally.recall, tally.precision, tally.hmean)) == figures


def test_td500_as_annotated(real_data):
    truths = load_ground_truths(real_data / 'msra_td500' / 'test', None)
    pairs = [(truth, truth) for truth in truths.values()]
    assert total(evaluate(pairs, PROTOCOLS['td500'])) == Tally(582, 582, 582, 582)
    assert total(evaluate(pairs, PROTOCOLS['td500-all'])) == Tally(651, 651, 651, 651)


def test_ctw1500_as_annotated(real_data):
    truths = load_ground_truths(real_data / 'ctw1500' / 'test_gt', None)
    tally = total(evaluate([(truth, truth) for truth in truths.values()], PROTOCOLS['polygon']))
    assert tally == Tally(3068, 3068, 3068, 3068)  # as many as the authors of the data set count


def test_td500_takes_the_box_around_an_outline():
    # The box around the triangle is the word; the triangle is half of it, which would be no match.
    truth, triangle = image([WORDS[0]]), image([np.array([(0, 0), (100, 0), (50, 10)], float)])
    assert score_td500(truth, triangle).tally.recalled == 1
    assert PROTOCOLS['polygon'].score(truth, triangle).tally.recalled == 0


@pytest.mark.parametrize(('count_difficult', 'tally'), [(False, Tally(0, 0, 0, 0)), (True, Tally(1, 1, 1, 1))])
def test_td500_difficult_lines(count_difficult, tally):
    assert score_td500(image(WORDS[:1], [True]), image(WORDS[:1]), count_difficult=count_difficult).tally == tally


def test_td500_survives_what_has_no_box():
    found = image([np.zeros((0, 2)), np.full((4, 2), np.nan), np.full((4, 2), 3.0), WORDS[0]])
    score = score_td500(image(WORDS[:1]), found)
    assert score.tally == Tally(1, 1, 1, 4)
    assert score.prediction_faults['malformed'].tolist() == [0, 1]


@pytest.mark.parametrize('protocol', PROTOCOLS)
def test_bad_outlines_change_no_total(protocol):
    bow_tie = np.array([(0, 0), (9, 9), (9, 0), (0, 9)], float)
    bad = [np.zeros((0, 2)), np.full((4, 2), np.nan), np.full((4, 2), 3.0), bow_tie,
           box(-500, -500, -400, -450), box(9e6, 0, 9.1e6, 10)]
    text = ['exit'] * (len(bad) + 4)
    truth = image([*WORDS, *bad], texts=text)
    found = image([*WORDS, *bad, *WORDS], texts=text + text[:4])
    score = PROTOCOLS[protocol].score(truth, found)
    assert (score.tally.ground_truths, score.tally.predictions) == (len(truth), len(found))
    assert score.prediction_faults['duplicate'].tolist() == list(range(len(bad) + 4, len(found)))
    assert score.prediction_faults['malformed'].tolist() == [4, 5]
    assert score.prediction_faults['no_area'].tolist() == [6]
    assert score.truth_faults['outside'].tolist() == [8]
    assert score.found[:4].all()


def test_mlt_goes_by_score():
    found = image([box(0, 0, 100, 12), WORDS[0]], scores=np.array([0.5, 0.9]))
    (evaluated,) = evaluate([(image(WORDS[:1]), found)], PROTOCOLS['mlt17'])
    assert evaluated.score.right.tolist() == [True, False]
    assert evaluated.found.scores.tolist() == [0.9, 0.5]
    (evaluated,) = evaluate([(image(WORDS[:1]), found)], PROTOCOLS['icdar2015'])
    assert evaluated.score.right.tolist() == [True, False]
    assert evaluated.found.scores.tolist() == [0.5, 0.9]


def test_average_precision():
    # By score: right, wrong, right, left out; of three ground truths that count: (1 / 1 + 2 / 3) / 3.
    found = image([WORDS[2], WORDS[0], box(0, 200, 9, 209), WORDS[3]], scores=np.array([0.5, 0.9, 0.7, 0.6]))
    evaluated = evaluate([(image(WORDS, [False, False, False, True]), found)], PROTOCOLS['mlt17'])
    assert average_precision(evaluated) == pytest.approx((1 + 2 / 3) / 3)
    with pytest.raises(ValueError, match='image: average precision needs scores, and there are none'):
        average_precision(evaluate([(image(WORDS), image(WORDS))], PROTOCOLS['mlt17']))


def test_recall_by_script():
    scripts = ['Latin', 'Korean', 'Latin', 'None']
    evaluated = evaluate([(image(WORDS, [False, False, False, True], scripts=scripts), image(WORDS[:2]))] * 2,
                         PROTOCOLS['mlt17'])
    assert recall_by_script(evaluated) == {'Korean': Tally(recalled=2, ground_truths=2),
                                           'Latin': Tally(recalled=2, ground_truths=4)}


def test_score_threshold_is_inclusive():
    pairs = [(image(WORDS), image(WORDS, scores=np.array([0.1, 0.5, 0.500001, 0.9])))]
    assert total(evaluate(pairs, PROTOCOLS['polygon'], 0.5)) == Tally(3, 3, 4, 3)
    assert total(evaluate(pairs, PROTOCOLS['polygon'])) == Tally(4, 4, 4, 4)


def test_score_threshold_needs_scores():
    with pytest.raises(ValueError, match='image: a score threshold needs scores, and there are none'):
        evaluate([(image(WORDS), image(WORDS))], PROTOCOLS['polygon'], 0.5)


def test_sweep_and_its_best():
    pairs = [(image(WORDS), image([*WORDS, box(0, 200, 9, 209)], scores=np.array([0.9, 0.8, 0.7, 0.3, 0.5])))]
    points = sweep(pairs, PROTOCOLS['polygon'], [0.2, 0.4, 0.6])
    assert [point.tally for point in points] == [Tally(4, 4, 4, 5), Tally(3, 3, 4, 4), Tally(3, 3, 4, 3)]
    assert best(points).score_thr == 0.2  # hmeans 8/9, 6/8, 6/7


@pytest.mark.parametrize(('scores', 'expected'), [
    ([0, 1], [step / 20 for step in range(20)]),
    ([-2, 18], list(range(-2, 19))),
])
def test_thresholds(scores, expected):
    assert thresholds([(image([]), image(WORDS[:2], scores=np.array(scores, float)))]) == pytest.approx(expected)


def test_no_thresholds_without_scores():
    assert thresholds([(image(WORDS), image(WORDS))]) == []
    assert thresholds([(image(WORDS), image([]))]) == []


@pytest.mark.parametrize(('words_only', 'tally'), [
    (False, Tally(2, 2, 3, 4)),  # 'EXIT!' and 'B52'; 'no' is not 'on'
    (True, Tally(1, 1, 1, 2)),  # only 'exit' is a word; the two predictions on other text do not count
])
def test_spotting(words_only, tally):
    truth = image(WORDS, [False, False, False, True], texts=['exit!', 'B52', 'no', '###'])
    found = image([*WORDS[:3], box(0, 200, 100, 210)], texts=['EXIT', 'b52', 'on', 'x'])
    assert score_spotting(truth, found, words_only=words_only).tally == tally


@pytest.mark.parametrize(('read', 'right'), [('Exit!', 1), ('exit!', 0), ('Exit', 0)])
def test_exact_reading(read, right):
    tally = PROTOCOLS['end-to-end-exact'].score(image(WORDS[:1], texts=['Exit!']), image(WORDS[:1], texts=[read])).tally
    assert tally == Tally(right, right, 1, 1)


def test_misread_word_takes_up_its_ground_truth():
    truth = image(WORDS[:1], texts=['exit'])
    found = image([WORDS[0], WORDS[0]], texts=['exlt', 'exit'])
    assert score_spotting(truth, found).tally == Tally(0, 0, 1, 2)


def test_spotting_needs_transcriptions():
    with pytest.raises(ValueError, match='image: transcriptions are needed for text spotting, and there are none'):
        score_spotting(image(WORDS, texts=[''] * 4), image(WORDS))


@pytest.mark.parametrize(('tally', 'figures'), [
    (Tally(0, 0, 0, 0), (1, 1, 1)),
    (Tally(0, 0, 0, 2), (1, 0, 0)),
    (Tally(0, 0, 2, 0), (0, 0, 0)),
    (Tally(1, 1, 2, 4), (0.5, 0.25, 1 / 3)),
    (Tally(1, 1, 2, 4) + Tally(2, 3, 1, 4), (1, 0.5, 2 / 3)),
])
def test_tally(tally, figures):
    assert (tally.recall, tally.precision, tally.hmean) == pytest.approx(figures)
