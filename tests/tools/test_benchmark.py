"""The command line that compares speed. How fast anything is, no test says."""

import json
import platform
import runpy
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import dbnetpp_plugin
from dbnetpp_plugin.datasets import write_annotations
from dbnetpp_plugin.datasets.annotation import make_entry, make_instance

TOOLS = Path(__file__).parents[2] / 'tools'
LINE = '{0},100,{1},100,{1},140,{0},140,word\n'


@pytest.fixture(scope='module')
def main():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('OMP_NUM_THREADS', '1')
        patch.syspath_prepend(TOOLS)
        yield runpy.run_path(str(TOOLS / 'benchmark.py'))['main']


@pytest.fixture
def report(main, capsys):
    def run(*arguments):
        main([str(argument) for argument in arguments])
        return json.loads(capsys.readouterr().out)
    return run


@pytest.fixture
def timing(main):
    return sys.modules['benchmarks.timing']


@pytest.fixture
def data_root(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.jpg'), np.full((240, 320, 3), 128, np.uint8))
    instance = make_instance([120, 100, 200, 100, 200, 140, 120, 140], text='word')
    write_annotations(tmp_path / 'textdet_train.json', [make_entry('a.jpg', 320, 240, [instance])] * 3)
    return tmp_path


def assert_spread(values):
    assert list(values) == ['median', 'p10', 'p90']
    assert 0 < values['p10'] <= values['median'] <= values['p90']


def assert_compared(case, unit=lambda times: times):
    theirs, ours = unit(case['mmocr']), unit(case['dbnetpp'])
    assert_spread(theirs)
    assert_spread(ours)
    assert case['speedup'] == pytest.approx(theirs['median'] / ours['median'])


def test_data(report, data_root):
    figures = report('data', '--data-root', data_root, '--number', 2, '--repeats', 2)
    assert (figures['benchmark'], figures['images'], figures['repeats']) == ('data', 2, 2)
    assert_compared(figures, lambda pipeline: pipeline['ms'])
    assert list(figures['dbnetpp']['steps_ms']) == [
        'LoadEncodedImage', 'LoadOCRAnnotations', 'DBTextAugment', 'GenerateDBTargets', 'PackDBInputs']
    assert list(figures['mmocr']['steps_ms'])[-2:] == ['PackTextDetInputs', 'DBModuleLoss.get_targets']
    for name in ('mmocr', 'dbnetpp'):
        assert figures[name]['images_per_second'] == pytest.approx(1000 / figures[name]['ms']['median'])
        assert 'loader' not in figures[name]
    # Three colours, three maps of bytes and one of half precision.
    assert figures['dbnetpp']['bytes'] == 640 * 640 * 8
    # Three colours; one word: a box of 4 x 4, a polygon of 8 x 4, a label of 8 and a flag of 1 bytes.
    assert figures['mmocr']['bytes'] == pytest.approx(640 * 640 * 3 + 57, abs=16)


def test_data_through_a_loader(report, data_root):
    (data_root / 'textdet_train.json').rename(data_root / 'mine.json')
    figures = report('data', data_root / 'mine.json', '--number', 20, '--repeats', 1, '--loader')
    assert figures['images'] == 3
    for name in ('mmocr', 'dbnetpp'):
        assert list(figures[name]['loader']) == ['wall_ms', 'processor_ms']
        assert_spread(figures[name]['loader']['wall_ms'])
        assert_spread(figures[name]['loader']['processor_ms'])


def test_no_image_keeps_text(main):
    with pytest.raises(ValueError, match='no image has kept any text through the pipeline: take more images'):
        sys.modules['benchmarks.data'].summarise([])


def test_targets(report, tmp_path):
    folder = tmp_path / 'icdar2015/ch4_training_localization_transcription_gt'
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f'gt_img_{number}.txt').write_text(LINE.format(100, 200) + LINE.format(1000, 1100))
    figures = report('targets', tmp_path, '--number', 1, '--repeats', 1)
    assert [(case['name'], case['images'], case['polygons']) for case in figures['cases']] == [
        ('icdar2015 1280x720', 1, 2), ('icdar2015 640x640 crops', 1, 1), ('500 boxes, 640x640', 1, 500)]
    for case in figures['cases']:
        assert_compared(case)


def test_postprocess(report):
    figures = report('postprocess', '--repeats', 1)
    cases = figures['cases']
    assert [(case['page']['instances'], case['text_repr_type'], case['epsilon_ratio']) for case in cases] == [
        (instances, shape, ratio) for instances in (7, 300) for shape in ('quad', 'poly') for ratio in (0.01, 0.002)]
    for case in cases:
        assert_compared(case, lambda found: found['ms'])
        assert case['mmocr']['regions'] == case['dbnetpp']['regions'] == case['page']['instances']
        assert 0.5 < case['iou']['min'] <= case['iou']['median'] <= 1


def test_metric(report):
    figures = report('metric', '--sizes', 3, 21, '--repeats', 1)
    assert [(case['instances'], case['images'], case['same']) for case in figures['cases']] == [
        (3, 10, True), (21, 1, True)]
    for case in figures['cases']:
        assert_compared({'mmocr': case['mmocr_ms'], 'dbnetpp': case['dbnetpp_ms'], 'speedup': case['speedup']})
        assert_spread(case['dbnetpp_as_mmocr_ms'])
        assert 0 < case['hmean'] <= 1


def test_deformable(main):
    run = sys.modules['benchmarks.deformable'].run
    figures = run(layers=[(4, 6, 8)], repeats=2)
    assert [(case['layer'], case['pass']) for case in figures['cases']] == [
        ([4, 6, 8], 'prediction'), ([4, 6, 8], 'training')]
    for case in figures['cases']:
        theirs, ours = case['torchvision'], case['dbnetpp']
        assert_spread(theirs)
        assert_spread(ours)
        assert case['speedup'] == pytest.approx(theirs['median'] / ours['median'])
        assert 0 <= case['difference'] < 1e-5


def test_train(report, data_root):
    figures = report('train', '--data-root', data_root, '--batch-size', 2, '--size', 64, '--steps', 2, '--workers', 0)
    names = ['labels_in_workers', 'labels_in_loss', 'mmocr']
    assert list(figures) == ['benchmark', *names, 'speedup', 'settings', 'threads', 'gpu', 'versions', 'machine']
    for name in names:
        shares = figures[name]['waiting_share'], figures[name]['labels_share']
        assert min(shares) > 0
        assert sum(shares) < 1
        assert_spread(figures[name]['images_per_second_by_step'])
        assert figures[name]['images_per_second'] > 0
        assert 'gpu_idle_share' not in figures[name]
    assert figures['speedup'] == {name: pytest.approx(
        figures['labels_in_workers']['images_per_second'] / figures[name]['images_per_second']) for name in names[1:]}
    assert figures['settings'] == {'model': 'r18', 'size': 64, 'batch_size': 2, 'steps': 2, 'workers': 0,
                                   'device': 'cpu', 'amp': False, 'channels_last': False}
    assert (figures['threads'], figures['gpu']) == (1, None)


def test_inference(report, tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), cv2.resize(image, (256, 192), interpolation=cv2.INTER_CUBIC))
    figures = report('inference', tmp_path, '--scale', 256, 192, '--threads', 1, '--repeats', 1)
    speeds = figures['images_per_second']
    assert list(speeds) == ['mmocr_textdet', 'mmocr', 'dbnetpp', 'dbnetpp_bfloat16']
    for name, ratio in figures['speedup'].items():
        assert ratio == pytest.approx(speeds['dbnetpp']['median'] / speeds[name]['median'])
    agreement = figures['agreement']['dbnetpp']
    assert agreement['ours'] >= 1
    assert agreement['within_1px'] == 1
    assert figures['settings']['weights'] == 'random'


def test_agreement_of_outlines(main):
    inference = sys.modules['benchmarks.inference']
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    figures = inference.agreement([[square, square + 50], []], [[square + np.array([0, 0.5])], [square]])
    assert figures == {'theirs': 2, 'ours': 2, 'within_1px': 0.5, 'theirs_within_1px': 0.5, 'max_px': 0.5}


@pytest.mark.parametrize(('model', 'kind'), [('r18', None), ('r50_dcnv2', 'TorchvisionDCNv2')])
def test_only_the_place_of_label_making_differs(main, model, kind):
    ours, in_loss, theirs = sys.modules['benchmarks.train'].variants(model, 96).values()
    assert {**in_loss.model['det_head'], 'module_loss': None} == {**ours.model['det_head'], 'module_loss': None}
    assert in_loss.model['det_head']['module_loss']['type'] == 'DBModuleLoss'
    assert in_loss.model['data_preprocessor']['type'] == 'TextDetDataPreprocessor'
    assert all(in_loss.model[part] == ours.model[part] for part in ('backbone', 'neck'))
    assert in_loss.pipeline[:3] == ours.pipeline[:3]
    assert [step['type'] for step in ours.pipeline[3:]] == ['GenerateDBTargets', 'PackDBInputs']
    assert [step['type'] for step in in_loss.pipeline[3:]] == ['PackTextDetInputs']
    for variant in (ours, theirs):
        assert variant.model['backbone']['init_cfg'] is None
        assert variant.model['backbone'].get('dcn', {}).get('type') == kind
    assert ours.pipeline[2]['size'] == theirs.pipeline[-3]['scale'] == theirs.pipeline[-2]['size'] == (96, 96)
    assert theirs.model['neck']['type'] == 'FPNC'


def test_train_shares(main):
    train = sys.modules['benchmarks.train']
    taken = [train.StepTimes(1, 0.25, 0.5, 0.5), train.StepTimes(3, 0.75, 0.5, 1)]
    gpu = train.Options(6, 2, 1, train.torch.device('cuda'), False, False)
    assert train.summarise(taken, gpu) == {
        'images_per_second': 3, 'images_per_second_by_step': {'median': 4, 'p10': 2.4, 'p90': pytest.approx(5.6)},
        'waiting_share': 0.25, 'labels_share': 0.25, 'gpu_idle_share': 0.375}


def test_out_names_what_the_figures_depend_on(main, tmp_path, capsys):
    out = tmp_path / 'new' / 'metric.json'
    main(['metric', '--sizes', '1', '--repeats', '1', '--out', str(out)])
    assert not capsys.readouterr().out
    figures = json.loads(out.read_text())
    assert list(figures) == ['benchmark', 'cases', 'versions', 'machine']
    assert {'python', 'dbnetpp_plugin', 'mmocr', 'torch', 'cv2', 'numpy'} <= figures['versions'].keys()
    assert figures['versions']['python'] == platform.python_version()
    assert figures['versions']['dbnetpp_plugin'] == dbnetpp_plugin.__version__
    assert figures['machine']['processor']
    assert figures['machine']['cores'] >= 1


@pytest.mark.parametrize(('arguments', 'message'), [
    (['data', '--data-root', 'none'], 'there is no annotation file '),
    (['train', '--data-root', 'none'], 'there is no annotation file '),
    (['targets', 'none'], 'none holds no official ground truth: expected any of icdar2015/'),
])
def test_failure_is_one_sentence(main, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 1
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count('\n') == 1
    assert not captured.out


@pytest.mark.parametrize('arguments', [[], ['speed'], ['targets'], ['metric', '--repeats', '0'],
                                       ['train', '--size', '80'], ['train', '--device', 'tpu']])
def test_wrong_command_line(main, capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert 'error: ' in capsys.readouterr().err


def test_turns_leave_out_the_warm_up(timing):
    calls = []
    passes = {name: lambda name=name: calls.append(name) or len(calls) for name in 'ab'}
    assert timing.by_turns(passes, 2) == {'a': [3, 5], 'b': [4, 6]}
    assert calls == list('ababab')


def test_spread(timing):
    assert timing.spread(range(101)) == {'median': 50, 'p10': 10, 'p90': 90}


def test_processor_name(timing, tmp_path):
    (tmp_path / 'cpuinfo').write_text('processor\t: 0\nmodel name\t: Fast: 9000\nmodel name\t: Slow\n')
    assert timing.processor_name(tmp_path / 'cpuinfo') == 'Fast: 9000'
    (tmp_path / 'cpuinfo').write_text('processor\t: 0\n')
    assert timing.processor_name(tmp_path / 'cpuinfo') == timing.processor_name(tmp_path / 'none')
