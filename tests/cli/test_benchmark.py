"""The command line that compares speed. How fast anything is, no test says."""

import json
import os
import platform

import cv2
import numpy as np
import pytest

import dbnetpp_plugin
from dbnetpp import command
from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.benchmarks import table

main = command('benchmark')
LINE = '{0},100,{1},100,{1},140,{0},140,word\n'


@pytest.fixture
def report(capsys):
    def run(*arguments):
        assert main([str(argument) for argument in arguments]) == 0
        return json.loads(capsys.readouterr().out)
    return run


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
                                   'device': 'cpu', 'amp': False}
    assert (figures['threads'], figures['gpu']) == (1, None)


def test_step(report, data_root):
    figures = report('step', '--data-root', data_root, '--batch-size', 2, '--size', 64, '--steps', 2, '--threads', 1)
    parts = ['data', 'preprocessor', 'network', 'loss', 'backward', 'optimizer']
    for precision in ('float32', 'bfloat16'):
        for memory_format in ('contiguous', 'channels_last'):
            taken = figures[f'{precision} {memory_format}']
            assert list(taken) == parts
            for part in taken.values():
                assert_spread({name: value for name, value in part.items() if name != 'share'})
            assert sum(taken[name]['share'] for name in parts[1:]) == pytest.approx(1)
    assert figures['settings'] == {'model': 'r18', 'batch_size': 2, 'size': 64, 'steps': 2, 'threads': 1}


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


def test_table(tmp_path, monkeypatch, capsys):
    taken = {'median': 4.0}
    half = {'median': 2.0}
    case = {'mmocr': taken, 'dbnetpp': half}
    returned = {
        'data': {name: {'ms': spread, 'loader': {'wall_ms': spread}} for name, spread in case.items()},
        'targets': {'cases': [{'name': 'icdar2015 1280x720', **case}]},
        'postprocess': {'cases': [{'page': {'instances': 300}, 'text_repr_type': 'quad', 'epsilon_ratio': 0.01,
                                   'mmocr': {'ms': taken}, 'dbnetpp': {'ms': half}}]},
        'metric': {'cases': [{'instances': 5, 'mmocr_ms': taken, 'dbnetpp_ms': half}]},
        'deformable': {'cases': [{'layer': [128, 92, 160], 'pass': 'training', 'torchvision': taken, 'dbnetpp': half}]},
        'train': {'mmocr': {'images_per_second': 2.0}, 'labels_in_workers': {'images_per_second': 3.0}},
        'inference': {'images_per_second': {'mmocr_textdet': taken, 'mmocr': half, 'dbnetpp': {'median': 5.0},
                                            'dbnetpp_bfloat16': {'median': 8.0}}},
    }
    for name, figures in returned.items():
        monkeypatch.setattr(getattr(table, name), 'run', lambda *args, figures=figures, **options: figures)
    main(['table', '--data-root', 'a', '--downloads', 'b', '--images', 'c', '--out', str(tmp_path / 'all.json')])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == '| benchmark | what | MMOCR | here | speedup |'
    assert lines[2] == '| `data` | a training sample, from the file to the label maps | 4 ms | 2 ms | 2 |'
    assert [line.split(' | ')[2:] for line in lines[7:]] == [
        ['4 ms', '2 ms', '2 |'], ['2 images/s', '3 images/s', '1.5 |'], ['4 images/s', '5 images/s', '1.2 |'],
        ['2 images/s', '5 images/s', '2.5 |'], ['4 images/s', '8 images/s', '2 |']]
    assert len(lines) == 12
    written = json.loads((tmp_path / 'all.json').read_text())
    assert written['figures'] == returned
    assert written['machine']['processor']


def test_out_names_what_the_figures_depend_on(tmp_path, capsys):
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
def test_failure_is_one_sentence(tmp_path, monkeypatch, capsys, arguments, message):
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
def test_wrong_command_line(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert 'error: ' in capsys.readouterr().err


def test_environment_is_restored(monkeypatch, report):
    monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    report('metric', '--sizes', 1, '--repeats', 1)
    assert 'OMP_NUM_THREADS' not in os.environ
