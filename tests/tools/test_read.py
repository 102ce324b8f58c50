"""The command line that reads text: what it adds to the one that detects."""

import json
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import dbnetpp_plugin.apis as apis

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / 'apis'))
from bright_model import painted, save, write_model  # noqa: E402


@pytest.fixture
def run(tmp_path, monkeypatch):
    """With a reader that takes the width of an image for its text, and the arguments of the reader."""
    import dbnetpp_plugin.apis.bulk as bulk
    made = []

    class Reader:
        def __init__(self, detector, *args):
            made.append(args)
            self.detector = detector

        def stream(self, images, batch_size):
            for found in self.detector.stream(images, batch_size):
                texts = [str(found.size[1])] * len(found.polygons)
                yield SimpleNamespace(**vars(found), texts=texts, text_scores=np.full(len(texts), 0.75))

    monkeypatch.setattr(apis, 'TextReader', Reader)
    drawn = []
    monkeypatch.setattr(bulk, 'draw_text_regions',
                        lambda image, polygons, scores, texts: drawn.append(texts) or image)
    config, weights = write_model(tmp_path)
    main = runpy.run_path(str(HERE.parents[1] / 'tools' / 'read.py'))['main']

    def call(*arguments):
        return main(['--config', str(config), '--weights', str(weights), '--device', 'cpu', '--out-dir',
                     str(tmp_path / 'out'), *map(str, arguments)])

    return SimpleNamespace(call=call, made=made, drawn=drawn)


def test_texts_are_in_records_pictures_and_exports(tmp_path, run):
    save(painted(), tmp_path / 'in' / 'a.png')
    save(painted(shape=(128, 256)), tmp_path / 'in' / 'b.png')
    assert run.call(tmp_path / 'in', '--recognizer', 'SAR', '--export', 'paddleocr') == 0
    assert run.made == [('SAR', None, 'cpu')]
    records = [json.loads(line) for line in (tmp_path / 'out' / 'results.jsonl').read_text().splitlines()]
    assert [(record['texts'], record['text_scores']) for record in records] == [(['192'], [0.75]), (['256'], [0.75])]
    assert sorted(run.drawn) == [['192'], ['256']]
    assert '"transcription": "192"' in (tmp_path / 'out' / 'paddleocr.txt').read_text()


def test_another_recognizer_is_another_job(tmp_path, run, capsys):
    save(painted(), tmp_path / 'in' / 'a.png')
    for name in ('one.pth', 'two.pth'):
        (tmp_path / name).write_text(name)
    assert run.call(tmp_path / 'in', '--recognizer', 'SAR', '--recognizer-weights', tmp_path / 'one.pth') == 0
    for name, weights, different in (('SAR', 'two.pth', 'recognizer weights'), ('ABINet', 'one.pth', 'recognizer')):
        with pytest.raises(SystemExit):
            run.call(tmp_path / 'in', '--recognizer', name, '--recognizer-weights', tmp_path / weights)
        assert f'(other {different})' in capsys.readouterr().err
