"""The command line that reads text: what it adds to the one that detects."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from bright_model import painted, save, write_model

from dbnetpp import command
from dbnetpp_plugin.apis import text_reader
from dbnetpp_plugin.bulk import job

main = command('read')


@pytest.fixture
def run(tmp_path, monkeypatch):
    """With a reader that takes the width of an image for its text, and the arguments of the reader."""
    made = []

    class Reader:
        def __init__(self, detector, *args, **options):
            made.append((*args, options))
            self.detector, self.read = detector, detector.read

        def stream(self, images, batch_size):
            for found in self.detector.stream(images, batch_size):
                texts = [str(found.size[1])] * len(found.polygons)
                yield SimpleNamespace(**vars(found), texts=texts, text_scores=np.full(len(texts), 0.75))

    monkeypatch.setattr(text_reader, 'TextReader', Reader)
    drawn = []
    monkeypatch.setattr(job, 'draw_text_regions',
                        lambda image, polygons, scores, texts: drawn.append(texts) or image)
    config, weights = write_model(tmp_path)

    def call(*arguments):
        return main(['--config', str(config), '--weights', str(weights), '--device', 'cpu', '--out-dir',
                     str(tmp_path / 'out'), *map(str, arguments)])

    return SimpleNamespace(call=call, made=made, drawn=drawn)


def test_texts_are_in_records_pictures_and_exports(tmp_path, run):
    save(painted(), tmp_path / 'in' / 'a.png')
    save(painted(shape=(128, 256)), tmp_path / 'in' / 'b.png')
    assert run.call(tmp_path / 'in', '--recognizer', 'SAR', '--export', 'paddleocr') == 0
    defaults = dict(words=False, orientation='upright', min_score=0.8, precision='float32')
    assert run.made == [('SAR', None, 'cpu', defaults)]
    records = [json.loads(line) for line in (tmp_path / 'out' / 'results.jsonl').read_text().splitlines()]
    assert [(record['texts'], record['text_scores']) for record in records] == [(['192'], [0.75]), (['256'], [0.75])]
    assert sorted(run.drawn) == [['192'], ['256']]
    assert '"transcription": "192"' in (tmp_path / 'out' / 'paddleocr.txt').read_text()


def test_options_of_the_reader(tmp_path, run):
    save(painted(), tmp_path / 'a.png')
    options = ('--words', '--orientation', 'auto', '--text-score-thr', 0.5, '--precision', 'bfloat16')
    assert run.call(tmp_path / 'a.png', *options) == 0
    assert run.made[0][-1] == dict(words=True, orientation='auto', min_score=0.5, precision='bfloat16')


def test_plain_text_is_printed_and_written(tmp_path, run, capsys):
    for name in 'ab':
        save(painted(), tmp_path / f'{name}.png')
    assert run.call(tmp_path / 'a.png', '--format', 'txt') == 0
    assert capsys.readouterr().out == '192\n'
    assert (tmp_path / 'out' / 'txt' / 'a.txt').read_text() == '192\n'
    assert run.call(tmp_path / 'a.png', tmp_path / 'b.png', '--format', 'txt', 'hocr', '--restart') == 0
    assert capsys.readouterr().out == f'{tmp_path}/a.png:\n192\n{tmp_path}/b.png:\n192\n'
    assert sorted(file.name for file in (tmp_path / 'out' / 'hocr').iterdir()) == ['a.hocr', 'b.hocr']


def test_what_few_images_say_is_printed(tmp_path, run, capsys):
    for index in range(11):
        save(painted(), tmp_path / 'in' / f'{index:02}.png')
    assert run.call(tmp_path / 'in', '--recognizer', 'SAR') == 0
    assert capsys.readouterr().out == ''
    assert run.call(tmp_path / 'in/00.png', tmp_path / 'in/01.png', '--recognizer', 'SAR', '--restart') == 0
    assert capsys.readouterr().out == ''.join(f'{tmp_path}/in/{name}.png: 192\n' for name in ('00', '01'))


@pytest.mark.parametrize(('arguments', 'message'), [
    (['--config', 'a.py'], '--config and --weights belong together'),
    (['--weights', 'a.pth'], '--config and --weights belong together'),
    (['--recognizer-weights', 'a.pth'], '--recognizer-weights are those of a --recognizer, which is not given'),
])
def test_options_that_belong_together(run, capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        main(['in', *arguments])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_without_an_out_dir_each_run_begins_anew(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ('one.png', 'two.png'):
        save(painted(), tmp_path / name)
        assert main(['--config', 'bright.py', '--weights', 'bright.pth', '--device', 'cpu', '--recognizer', 'SAR',
                         name]) == 0
        (record,) = map(json.loads, (tmp_path / 'outputs' / 'results.jsonl').read_text().splitlines())
        assert record['path'] == name


def test_another_recognizer_is_another_job(tmp_path, run, capsys):
    save(painted(), tmp_path / 'in' / 'a.png')
    for name in ('one.pth', 'two.pth'):
        (tmp_path / name).write_text(name)
    assert run.call(tmp_path / 'in', '--recognizer', 'SAR', '--recognizer-weights', tmp_path / 'one.pth') == 0
    for name, weights, different in (('SAR', 'two.pth', 'recognizer weights'), ('ABINet', 'one.pth', 'recognizer')):
        with pytest.raises(SystemExit):
            run.call(tmp_path / 'in', '--recognizer', name, '--recognizer-weights', tmp_path / weights)
        assert f'(other {different})' in capsys.readouterr().err
