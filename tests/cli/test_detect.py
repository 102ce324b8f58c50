"""The command line that detects text, with a model that takes bright for text."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from bright_model import expected_quad, painted, save, write_model

from dbnetpp import command
from dbnetpp_plugin.apis import TextDetector
from dbnetpp_plugin.cli import bulk_run

main = command('detect')


@pytest.fixture
def run(tmp_path):
    """Run on images and options; exit code and what was written."""
    config, weights = write_model(tmp_path)

    def call(*arguments, out='out', config=config, weights=weights) -> tuple[int, list[dict]]:
        code = main(['--config', str(config), '--weights', str(weights), '--device', 'cpu',
                     '--out-dir', str(tmp_path / out), *map(str, arguments)])
        return code, results(tmp_path / out)

    return call


def results(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / 'results.jsonl').read_text(encoding='utf-8').splitlines()]


@pytest.fixture
def images(tmp_path):
    """Three images of one name."""
    return [save(painted(x, 40), tmp_path / name)
            for x, name in ((20, 'a/sign.png'), (40, 'b/sign.png'), (60, 'b/sign.bmp'))]


def test_pictures_and_records(tmp_path, images, run, capsys):
    code, records = run(*images, '--batch-size', 2)
    assert code == 0
    for record, path, x, picture in zip(records, images, (20, 40, 60), ('sign', 'sign_2', 'sign_3'), strict=True):
        np.testing.assert_allclose(record.pop('polygons'), [expected_quad(x, 40)], atol=0.01)
        assert record == {'path': str(path), 'width': 192, 'height': 128, 'scores': [1.0],
                          'picture': f'pictures/{picture}.jpg'}
        drawn = cv2.imread(str(tmp_path / 'out' / record['picture'])).astype(int)
        assert drawn.shape == (128, 192, 3)
        left = round(expected_quad(x, 40)[0, 0])
        assert drawn[50, left, 1] - drawn[50, left, 2] > 50  # the green left side
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == ['job.json', 'pictures', 'results.jsonl']
    assert '3 text regions in 3 of 3 images, 0 unreadable' in capsys.readouterr().err


def test_precision_and_scales(tmp_path, images, run):
    expected = run(images[0])[1]
    job = json.loads((tmp_path / 'out' / 'job.json').read_text())
    for options in (['--precision', 'bfloat16'], ['--scales', 1, 2], ['--size', 128], ['--max-size', 80],
                    ['--tile', 32]):
        code, records = run(images[0], *options, out='other')
        assert code == 0
        # With twice the pixels, outlines are nearer to the edges of the block.
        np.testing.assert_allclose(records[0]['polygons'], expected[0]['polygons'], atol=3)
        assert json.loads((tmp_path / 'other' / 'job.json').read_text()) != job
        shutil.rmtree(tmp_path / 'other')


@pytest.mark.parametrize(('options', 'message'), [
    (['--precision', 'int8'], "invalid choice: 'int8'"),
    (['--scales', 1, -1], 'scales are positive numbers, at least one, got (1.0, -1.0)'),
])
def test_precision_and_scales_that_do_not_exist(images, run, capsys, options, message):
    with pytest.raises(SystemExit) as ended:
        run(images[0], *options)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_no_pictures(tmp_path, images, run):
    code, records = run(*images, '--no-pictures')
    assert code == 0
    assert not any('picture' in record for record in records)
    assert not (tmp_path / 'out' / 'pictures').exists()


def test_folders_and_patterns_and_no_image_twice(tmp_path, images, run):
    code, records = run(tmp_path / 'a', tmp_path / 'b' / '*.png', images[0])
    assert code == 0
    assert [(record['path'], record['picture']) for record in records] == [
        (str(images[0]), 'pictures/sign.jpg'), (str(images[1]), 'pictures/sign_2.jpg')]


def test_lists(tmp_path, images, run, capsys):
    paths = [str(images[2]), '', 'nowhere.png', str(images[0]), str(images[2])]
    (tmp_path / 'list.txt').write_bytes('\r\n'.join(paths).encode())
    code, records = run(images[1], f'@{tmp_path}/list.txt')
    assert code == 1
    assert [record['path'] for record in records] == [str(images[1]), str(images[2]), 'nowhere.png', str(images[0])]
    assert records[2] == {'path': 'nowhere.png', 'error': 'image file nowhere.png is missing'}


@pytest.mark.parametrize('batch_size', [1, 2])
def test_broken_file_is_named_and_the_others_are_done(images, run, capsys, batch_size):
    images[1].write_bytes(b'not an image')
    code, records = run(*images, '--batch-size', batch_size)
    assert code == 1
    sentence = f'image file {images[1]} of 12 bytes is not an image that can be read'
    assert [record['path'] for record in records] == list(map(str, images))
    assert [record.get('error') for record in records] == [None, sentence, None]
    error = capsys.readouterr().err
    assert error.count(sentence) == 1
    assert 'Traceback' not in error
    assert '2 of 3 images, 1 unreadable' in error
    assert run(*images, '--batch-size', batch_size) == (1, records)  # known from before
    assert '3 of 3 images were done before' in capsys.readouterr().err


def test_opencv_is_silent_only_meanwhile(images, run, capfd):
    before = cv2.getLogLevel()
    images[1].write_bytes(images[1].read_bytes()[:60])
    run(*images)
    assert cv2.getLogLevel() == before
    assert 'WARN' not in capfd.readouterr().err


@pytest.mark.parametrize(('options', 'kept'), [([], 1), (['--no-keep-memory'], 0)])
def test_freed_memory_is_kept_unless_told_otherwise(images, run, monkeypatch, options, kept):
    calls = []
    monkeypatch.setattr(bulk_run, 'keep_freed_memory', lambda: calls.append(1))
    assert run(images[0], *options)[0] == 0
    assert len(calls) == kept


@pytest.mark.parametrize(('threshold', 'count'), [(0.7, 1), (0.71, 0)])
def test_score_threshold(tmp_path, run, threshold, count):
    grey = save(painted() // 255 * 179, tmp_path / 'grey.png')  # 179 / 255 = 0.702
    code, (record,) = run(grey, '--score-thr', threshold)
    assert code == 0
    assert len(record['polygons']) == len(record['scores']) == count


def test_exports(tmp_path, images, run, capsys):
    run(*images)
    assert not (tmp_path / 'out' / 'icdar.zip').exists()
    code, _ = run(*images, '--export', 'icdar', 'paddleocr', '--export', 'labelme')  # of what was done before
    assert code == 0
    assert {'icdar.zip', 'paddleocr.txt', 'labelme'} < {path.name for path in (tmp_path / 'out').iterdir()}
    assert f'3 images exported to {tmp_path}/out/icdar.zip' in capsys.readouterr().err


def test_interruption(images, run, monkeypatch, capsys):
    """Each of so few images is a chunk."""
    stream, calls = TextDetector.stream, []

    def interrupted(self, *args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return stream(self, *args)

    monkeypatch.setattr(TextDetector, 'stream', interrupted)
    code, records = run(*images)
    assert code == 130
    assert 'interrupted; the same command goes on' in capsys.readouterr().err
    assert [record['path'] for record in records] == [str(path) for path in images[:2]]
    code, records = run(*images)
    assert code == 0
    assert [record['path'] for record in records] == [str(path) for path in images]
    assert len(calls) == 4
    assert '2 of 3 images were done before' in capsys.readouterr().err


def test_error_half_way(images, run, monkeypatch, capsys):
    import dbnetpp_plugin.bulk.job as bulk
    write = bulk.write_jpeg

    def full(image, path):
        if path.stem == 'sign_3':
            raise OSError('no space left on device')
        write(image, path)

    monkeypatch.setattr(bulk, 'write_jpeg', full)
    code, records = run(*images)
    assert (code, len(records)) == (3, 2)
    assert 'stopped by an error, no space left on device; the same command goes on' in capsys.readouterr().err
    monkeypatch.undo()
    code, records = run(*images)
    assert (code, len(records)) == (0, 3)


def refused(call, capsys) -> str:
    """The last line of what is said when nothing can be started."""
    with pytest.raises(SystemExit) as stopped:
        call()
    assert stopped.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert 'error: ' in last
    return last


def test_another_job_is_refused(tmp_path, images, run, capsys):
    _, before = run(*images)
    message = refused(lambda: run(*images[:2], '--score-thr', 0.5), capsys)
    assert 'out holds the results of another job (other images, score threshold): choose another --out-dir' in message
    assert results(tmp_path / 'out') == before
    assert run(*images[:2], '--score-thr', 0.5, '--restart')[1] == before[:2]


@pytest.mark.parametrize(('changed', 'name'), [('bright.py', 'config'), ('bright.pth', 'weights')])
def test_other_models_are_other_jobs(tmp_path, images, run, capsys, changed, name):
    run(*images)
    content = (tmp_path / changed).read_bytes()
    (tmp_path / changed).write_bytes(content.replace(b'(4096, 64)', b'(4096, 32)') if changed.endswith('.py')
                                     else content + b' ')
    assert f'(other {name})' in refused(lambda: run(*images), capsys)


@pytest.mark.parametrize(('arguments', 'options', 'message'), [
    (['nowhere.jpg'], {}, 'there is no image file or folder nowhere.jpg'),
    (['*.nothing'], {}, 'the pattern *.nothing matches no image file'),
    (['@nowhere.txt'], {}, 'there is no list of images nowhere.txt'),
    (['@bright.pth'], {}, 'bright.pth is not a text file with the path of an image on each line'),
    (['@blank.txt'], {}, 'the list of images blank.txt holds nothing'),
    (['a/sign.png'], {'config': 'nowhere.py'}, 'there is no config file nowhere.py'),
    (['a/sign.png'], {'weights': 'nowhere.pth'}, 'there is no weights file nowhere.pth'),
    (['a/sign.png'], {'weights': 'a/sign.png'}, 'a/sign.png is not a checkpoint that can be loaded safely'),
    (['a/sign.png', '--device', 'gpu'], {}, "a device is 'cpu', 'cuda' or 'cuda:N', got 'gpu'"),
    (['a/sign.png', '--batch-size', '0'], {}, 'argument --batch-size: 0 is not a positive number'),
    (['a/sign.png', '--export', 'coco'], {}, "argument --export/--format: invalid choice: 'coco'"),
    (['a/sign.png'], {'out': 'bright.py'}, 'Not a directory'),
])
def test_nothing_can_be_started(tmp_path, images, run, capsys, monkeypatch, arguments, options, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'blank.txt').write_text(' \n')
    arguments = ['--device', 'cpu', *arguments]
    assert message in refused(lambda: run(*arguments, **options), capsys)


def test_inputs_are_never_overwritten(tmp_path, run, capsys):
    image = save(painted(), tmp_path / 'out' / 'pictures' / 'x.jpg')
    before = image.read_bytes()
    assert 'would replace an input: choose another --out-dir' in refused(lambda: run(image), capsys)
    assert image.read_bytes() == before


def test_several_images_of_which_nothing_is_left(tmp_path, run):
    """Which is about the images: it is no fault of the model, that would stop the job."""
    paths = [save(np.zeros((1, width, 3), np.uint8), tmp_path / f'{width}.png') for width in (30000, 30001)]
    code, records = run(*paths)
    assert code == 1
    assert all('too long and narrow' in record['error'] for record in records)
