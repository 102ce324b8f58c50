"""The command line that detects text, with a model that takes bright for text."""

import json
import runpy
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / 'apis'))
from bright_model import expected_quad, painted, save, write_model  # noqa: E402


@pytest.fixture(scope='module')
def main():
    return runpy.run_path(str(HERE.parents[1] / 'tools' / 'detect.py'))['main']


@pytest.fixture
def run(tmp_path, main):
    """Run on images and options; exit code and what was written."""
    config, weights = write_model(tmp_path)

    def call(*arguments, out='out', config=config, weights=weights) -> tuple[int, dict]:
        code = main(['--config', str(config), '--weights', str(weights), '--device', 'cpu',
                     '--out-dir', str(tmp_path / out), *map(str, arguments)])
        return code, json.loads((tmp_path / out / 'detections.json').read_text(encoding='utf-8'))

    return call


@pytest.fixture
def images(tmp_path):
    """Three images of one name."""
    return [save(painted(x, 40), tmp_path / name)
            for x, name in ((20, 'a/sign.png'), (40, 'b/sign.png'), (60, 'b/sign.bmp'))]


def test_pictures_and_json(tmp_path, images, run, capsys):
    code, written = run(*images, '--batch-size', 2)
    assert code == 0
    assert written['failed'] == []
    for path, x, picture, record in zip(images, (20, 40, 60), ('sign', 'sign_2', 'sign_3'), written['images'],
                                        strict=True):
        assert {key: record[key] for key in ('path', 'width', 'height', 'scores', 'picture')} == {
            'path': str(path), 'width': 192, 'height': 128, 'scores': [1.0], 'picture': f'{picture}.jpg'}
        np.testing.assert_allclose(record['polygons'], [expected_quad(x, 40)], atol=0.01)
        drawn = cv2.imread(str(tmp_path / 'out' / record['picture'])).astype(int)
        assert drawn.shape == (128, 192, 3)
        left = round(expected_quad(x, 40)[0, 0])
        assert drawn[50, left, 1] - drawn[50, left, 2] > 50  # the green left side
    assert '3 text regions in 3 of 3 images, 0 unreadable' in capsys.readouterr().err


def test_folders_and_patterns_and_no_image_twice(tmp_path, images, run):
    code, written = run(tmp_path / 'a', tmp_path / 'b' / '*.png', images[0])
    assert code == 0
    assert [(record['path'], record['picture']) for record in written['images']] == [
        (str(images[0]), 'sign.jpg'), (str(images[1]), 'sign_2.jpg')]


@pytest.mark.parametrize('batch_size', [1, 2])
def test_broken_file_is_named_and_the_others_are_done(images, run, capsys, batch_size):
    images[1].write_bytes(b'not an image')
    code, written = run(*images, '--batch-size', batch_size)
    assert code == 1
    assert [record['path'] for record in written['images']] == [str(images[0]), str(images[2])]
    sentence = f'image file {images[1]} of 12 bytes is not an image that can be read'
    assert written['failed'] == [{'path': str(images[1]), 'error': sentence}]
    error = capsys.readouterr().err
    assert sentence in error
    assert 'Traceback' not in error
    assert '2 of 3 images, 1 unreadable' in error


@pytest.mark.parametrize(('threshold', 'count'), [(0.7, 1), (0.71, 0)])
def test_score_threshold(tmp_path, run, threshold, count):
    grey = save(painted() // 255 * 179, tmp_path / 'grey.png')  # 179 / 255 = 0.702
    code, written = run(grey, '--score-thr', threshold)
    assert code == 0
    assert len(written['images'][0]['polygons']) == len(written['images'][0]['scores']) == count


def stream_that_ends_with(error: BaseException, main, monkeypatch) -> None:
    detector = main.__globals__['TextDetector']
    stream = detector.stream

    def interrupted(self, *args):
        yield from list(stream(self, *args))[:2]
        raise error

    monkeypatch.setattr(detector, 'stream', interrupted)


def test_what_was_found_before_an_interruption_is_written(images, run, main, monkeypatch):
    stream_that_ends_with(KeyboardInterrupt(), main, monkeypatch)
    code, written = run(*images)
    assert code == 130
    assert [record['path'] for record in written['images']] == [str(path) for path in images[:2]]


def test_what_was_found_before_a_failure_is_written(tmp_path, images, run, main, monkeypatch):
    stream_that_ends_with(MemoryError('no more'), main, monkeypatch)
    with pytest.raises(MemoryError, match='no more'):
        run(*images)
    assert len(json.loads((tmp_path / 'out' / 'detections.json').read_text())['images']) == 2


@pytest.mark.parametrize(('arguments', 'options', 'message'), [
    (['nowhere.jpg'], {}, 'there is no image file or folder nowhere.jpg'),
    (['*.nothing'], {}, 'the pattern *.nothing matches no image file'),
    (['a/sign.png'], {'config': 'nowhere.py'}, 'there is no config file nowhere.py'),
    (['a/sign.png'], {'weights': 'nowhere.pth'}, 'there is no weights file nowhere.pth'),
    (['a/sign.png', '--device', 'gpu'], {}, "a device is 'cpu', 'cuda' or 'cuda:N', got 'gpu'"),
    (['a/sign.png', '--batch-size', '0'], {}, 'argument --batch-size: 0 is not a positive number'),
    (['a/sign.png'], {'out': 'bright.py'}, 'File exists'),
])
def test_nothing_can_be_started(tmp_path, images, run, capsys, monkeypatch, arguments, options, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        run(*arguments, **options)
    assert stopped.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert 'error: ' in last
    assert message in last


def test_inputs_are_never_overwritten(tmp_path, run, capsys):
    image = save(painted(), tmp_path / 'photos' / 'x.jpg')
    before = image.read_bytes()
    with pytest.raises(SystemExit) as stopped:
        run(image, out='photos')
    assert stopped.value.code == 2
    assert 'would replace an input: choose another --out-dir' in capsys.readouterr().err
    assert image.read_bytes() == before
