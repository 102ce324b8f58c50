"""Metrics as MMEngine's evaluator uses them."""

import logging
import multiprocessing
import pickle
from functools import partial

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.structures import InstanceData
from mmocr.registry import METRICS
from mmocr.structures import TextDetDataSample
from text_scenes import random_scene

from dbnetpp_plugin.evaluation import Tally, TextDetHmeanMetric, TextSpottingHmeanMetric, compare, count_matches

DEFAULT_SWEEP = np.arange(0.3, 0.9, 0.1)  # as MMOCR's metric has it


@pytest.fixture
def log(caplog):
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.INFO, logger.name):
        yield caplog
    logger.removeHandler(caplog.handler)


def box(x0, y0, x1, y1):
    return np.array([x0, y0, x1, y0, x1, y1, x0, y1], np.float32)


WORDS = [box(0, y, 100, y + 10) for y in (0, 20, 40, 60)]


def sample(truths, found, scores, ignored=None, **texts):
    """As a model returns it."""
    data = TextDetDataSample(metainfo={'img_path': 'a.jpg', 'ori_shape': (100, 120)})
    data.gt_instances = InstanceData(
        polygons=truths, ignored=torch.tensor([False] * len(truths) if ignored is None else ignored))
    data.pred_instances = InstanceData(polygons=found, scores=torch.tensor(scores, dtype=torch.float32))
    if texts:
        data.gt_instances.texts, data.pred_instances.texts = texts['truth'], texts['read']
    return data


def evaluate(metric, samples):
    evaluator = Evaluator(metric)
    evaluator.process(samples)
    return evaluator.evaluate(len(samples))


def figures(tally):
    return {'precision': tally.precision, 'recall': tally.recall, 'hmean': tally.hmean}


def scenes(count, seed=0):
    rng = np.random.default_rng(seed)
    return [random_scene(rng) for _ in range(count)]


def as_sample(scene):
    truths, ignored, found, scores = scene
    return sample([p.reshape(-1) for p in truths], [p.reshape(-1) for p in found], scores, ignored)


def expected(data, score_thr):
    parts = [count_matches(compare(truths, ignored, found).kept(scores >= np.float32(score_thr)))
             for truths, ignored, found, scores in data]
    return sum(parts, Tally())


def test_built_from_a_config_and_named():
    metric = METRICS.build({'type': 'TextDetHmeanMetric', 'score_thr': 0.6, 'sweep': None})
    assert isinstance(metric, TextDetHmeanMetric)
    results = evaluate(metric, [sample(WORDS, WORDS[:3], [0.9, 0.6, 0.59])])
    assert results == {'icdar2015/precision': 1, 'icdar2015/recall': 0.5, 'icdar2015/hmean': 2 / 3}


def test_figures_are_those_of_the_functions():
    data = scenes(40)
    results = evaluate(TextDetHmeanMetric(score_thr=0.5), [as_sample(scene) for scene in data])
    fixed = figures(expected(data, 0.5))
    assert {name: results[f'icdar2015/{name}'] for name in fixed} == fixed
    sweep = [expected(data, threshold) for threshold in DEFAULT_SWEEP]
    best = int(np.argmax([total.hmean for total in sweep]))
    assert results['icdar2015/sweep/score_thr'] == DEFAULT_SWEEP[best]
    assert {name: results[f'icdar2015/sweep/{name}'] for name in fixed} == figures(sweep[best])
    assert 0.3 < results['icdar2015/hmean'] < results['icdar2015/sweep/hmean']


def test_score_at_the_threshold_is_kept_though_it_was_rounded():
    # 0.7 of single precision is less than 0.7 of double precision.
    assert np.float32(0.7).astype(float) < 0.7
    results = evaluate(TextDetHmeanMetric(score_thr=0.7), [sample(WORDS[:1], WORDS[:1], [0.7])])
    assert results['icdar2015/hmean'] == 1


@pytest.mark.parametrize(('strategy', 'recall'), [('in_order', 0.5), ('most', 1)])
def test_strategies(strategy, recall):
    truths = [box(0, 0, 100, 10), box(30, 0, 130, 10)]
    found = [box(15, 0, 115, 10), box(0, 0, 90, 10)]
    metric = TextDetHmeanMetric(strategy=strategy)
    assert evaluate(metric, [sample(truths, found, [0.9, 0.9])])['icdar2015/recall'] == recall


def test_thresholds_of_the_protocol_may_be_others():
    data = [sample([WORDS[0]], [box(0, 0, 100, 14)], [0.9])]
    assert evaluate(TextDetHmeanMetric(iou_thr=0.7), data)['icdar2015/recall'] == 1
    assert evaluate(TextDetHmeanMetric(iou_thr=0.72), data)['icdar2015/recall'] == 0
    data = [sample([WORDS[0]], [box(0, 0, 160, 10)], [0.9], [True])]
    assert evaluate(TextDetHmeanMetric(ignore_thr=0.6), data)['icdar2015/precision'] == 1
    assert evaluate(TextDetHmeanMetric(ignore_thr=0.63), data)['icdar2015/precision'] == 0


@pytest.mark.parametrize('rule', ['icdar2015', 'mmocr'])
def test_bad_outlines_are_counted_and_reported(log, rule):
    bad = [np.zeros(2, np.float32), np.zeros(7, np.float32), np.full(8, np.nan, np.float32), box(5, 5, 5, 9),
           WORDS[0][[0, 1, 4, 5, 2, 3, 6, 7]], WORDS[1], box(-9, 0, -1, 5)]
    truths, found = [*WORDS, *bad[:4]], [*WORDS, *bad]
    results = evaluate(TextDetHmeanMetric(rule=rule), [sample(truths, found, [0.9] * len(found))])
    assert results['icdar2015/recall'] == 4 / 8
    assert results['icdar2015/precision'] == 4 / 11
    assert 'Of the ground truths: 3 no outline' in log.text
    assert 'Of the predictions: 3 no outline' in log.text
    for count in ('1 without area', '1 cross', '1 equal to an earlier one', '1 reach out of the image'):
        assert count in log.text


def test_log_says_what_figures_hold_for(log):
    evaluate(TextDetHmeanMetric(score_thr=0.6), [sample(WORDS, WORDS[:3], [0.9, 0.8, 0.4])])
    assert ('icdar2015 rule, IoU > 0.5, score >= 0.6: recall 0.5000 (2 of 4), precision 1.0000 (2 of 2), hmean 0.6667'
            in log.text)
    assert 'best of 7 score thresholds, chosen on these very images: score >= 0.3: recall 0.7500 (3 of 4)' in log.text
    assert 'Next to nothing' not in log.text


def test_log_says_why_nothing_was_found(log):
    evaluate(TextDetHmeanMetric(score_thr=0.6), [sample(WORDS, WORDS, [0.1, 0.2, 0.3, 0.4])] * 30)
    assert 'Next to nothing was found. 64 of 64 predictions score less than 0.6; the highest score is 0.4.' in log.text
    evaluate(TextDetHmeanMetric(), [sample(WORDS, [w.reshape(-1, 2)[:, ::-1].reshape(-1) for w in WORDS], [0.9] * 4)])
    assert 'With x and y exchanged, 4 of 4 ground truths in 1 images are found.' in log.text


def test_no_images():
    assert TextDetHmeanMetric().compute_metrics([])['hmean'] == 1


def test_input_is_left_alone():
    data = as_sample(scenes(1, seed=3)[0])
    before = pickle.dumps(data.to_dict())
    TextDetHmeanMetric().process(None, [data.to_dict()])
    assert pickle.dumps(data.to_dict()) == before


def test_what_is_kept_of_an_image_is_small():
    metric = TextDetHmeanMetric()
    metric.process(None, [as_sample(scene).to_dict() for scene in scenes(40)])
    assert sum(result.outlines is not None for result in metric.results) == 16
    assert len(pickle.dumps(metric.results[-1])) < 4000


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'rule': 'coco'}, "rule of TextDetHmeanMetric is one of icdar2015, mmocr, got 'coco'"),
    ({'strategy': 'best'}, "strategy of TextDetHmeanMetric is one of in_order, most, got 'best'"),
])
def test_unknown_choices(arguments, message):
    with pytest.raises(ValueError, match=message):
        TextDetHmeanMetric(**arguments)


@pytest.mark.parametrize(('key', 'field', 'values', 'message'), [
    ('pred_instances', 'scores', None, r'a\.jpg: pred_instances has no scores'),
    ('pred_instances', 'scores', [0.5], r'a\.jpg: pred_instances has 4 polygons, but 1 scores'),
    ('gt_instances', 'ignored', None, r'a\.jpg: gt_instances has no ignored'),
])
def test_incomplete_data_samples(key, field, values, message):
    data = sample(WORDS, WORDS, [0.5] * 4).to_dict()
    data[key] = {**dict(data[key].items()), field: values}
    with pytest.raises(ValueError, match=message):
        TextDetHmeanMetric().process(None, [data])


def in_process(rank, folder, build, data, results):
    """One of two processes that evaluate together; it sees every second image, and the sampler's repetition."""
    torch.distributed.init_process_group('gloo', init_method=f'file://{folder}/meet', rank=rank, world_size=2)
    evaluator = Evaluator(build(collect_dir=str(folder / 'parts')))
    evaluator.process([as_sample(scene) for scene in [*data, data[0]][rank::2]])
    results.put(evaluator.evaluate(len(data)))
    torch.distributed.destroy_process_group()


class WithFolder(TextDetHmeanMetric):
    """Results meet in a given folder."""

    def __init__(self, collect_dir):
        super().__init__()
        self.collect_dir = collect_dir


def test_two_processes_give_the_figures_of_one(tmp_path):
    data = scenes(21)
    context = multiprocessing.get_context('fork')
    results = context.SimpleQueue()
    arguments = (tmp_path, WithFolder, data, results)
    processes = [context.Process(target=partial(in_process, rank), args=arguments) for rank in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    single = evaluate(TextDetHmeanMetric(), [as_sample(scene) for scene in data])
    assert results.get() == results.get() == single


def test_spotting():
    data = [sample(WORDS, WORDS[:3], [0.9, 0.9, 0.4], truth=['one', 'two', 'three', '###'],
                   read=['ONE!', 'two', 'three'], ignored=[False, False, False, True])]
    metric = METRICS.build({'type': 'TextSpottingHmeanMetric'})
    assert isinstance(metric, TextSpottingHmeanMetric)
    assert evaluate(metric, data) == {
        'end-to-end/precision': 0.5, 'end-to-end/recall': 1 / 3, 'end-to-end/hmean': pytest.approx(0.4)}


def test_spotting_of_words_with_a_lexicon(tmp_path):
    (tmp_path / 'words.txt').write_text('one\nseven\n')
    data = [sample(WORDS[:2], WORDS[:2], [0.9, 0.9], truth=['One', '52'], read=['ome', 'xxxxxxx'])]
    metric = TextSpottingHmeanMetric('word-spotting', lexicon=str(tmp_path / 'words.txt'), max_distance=1)
    assert evaluate(metric, data) == {
        'word-spotting/precision': 1, 'word-spotting/recall': 1, 'word-spotting/hmean': 1}


def test_spotting_errors():
    with pytest.raises(ValueError, match=r"task of .* is one of end-to-end, word-spotting, got 'x'"):
        TextSpottingHmeanMetric('x')
    with pytest.raises(ValueError, match=r'a\.jpg: gt_instances has no texts'):
        evaluate(TextSpottingHmeanMetric(), [sample(WORDS, WORDS, [0.9] * 4)])


@pytest.mark.parametrize('name', ['TextDetHmeanMetric', 'TextSpottingHmeanMetric'])
@pytest.mark.parametrize('threshold', [50, -0.1, 1.01])
def test_a_threshold_beyond_its_range(name, threshold):
    with pytest.raises(ValueError, match=rf'^score_thr is a number from 0 to 1, got {threshold}$'):
        METRICS.build(dict(type=name, score_thr=threshold))
