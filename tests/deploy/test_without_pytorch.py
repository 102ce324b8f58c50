"""Detecting and reading with exported files where PyTorch and the OpenMMLab packages cannot be imported."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bright_model import save, write_model
from ctc_model import write_ctc_recognizer

from dbnetpp_plugin.apis import TextDetector, TextReader, export_detector, export_recognizer
from dbnetpp_plugin.deploy import OnnxTextDetector, OnnxTextReader

ROOT = Path(__file__).parents[2]
BLOCKED = """
import sys
BLOCKED = ('torch', 'torchvision', 'mmengine', 'mmcv', 'mmdet', 'mmocr', 'onnx', 'onnxscript')

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in BLOCKED:
            raise ModuleNotFoundError(f'No module named {name!r}', name=name)

sys.meta_path.insert(0, Blocker())
"""
LIBRARY = BLOCKED + """
import json
import numpy as np
import dbnetpp_plugin
from dbnetpp_plugin.deploy import OnnxTextDetector, OnnxTextReader
detector, recognizer, *images = sys.argv[1:]
found = OnnxTextDetector(detector)(images, batch_size=2)
said = OnnxTextReader(detector, recognizer, words=True, min_score=0.3)(images)
assert not set(BLOCKED) & sys.modules.keys()
lists = lambda polygons: [np.asarray(polygon, np.float64).tolist() for polygon in polygons]
print(json.dumps({
    'polygons': [lists(one.polygons) for one in found], 'scores': [one.scores.tolist() for one in found],
    'texts': [one.texts for one in said], 'text scores': [one.text_scores.tolist() for one in said]}))
"""
COMMANDS = BLOCKED + """
import json
import dbnetpp
codes = [dbnetpp.main(arguments) for arguments in json.loads(sys.argv[1])]
assert not set(BLOCKED) & sys.modules.keys()
assert codes == [0] * len(codes), codes
"""
BGR = {'B': (255, 170, 170), 'G': (170, 255, 170), 'R': (170, 170, 255)}


@pytest.fixture(scope='module')
def models(tmp_path_factory):
    """Config and weights of a detector and of a recognizer, and the ONNX files of both."""
    folder = tmp_path_factory.mktemp('models')
    detector, recognizer = write_model(folder), write_ctc_recognizer(folder)
    export_detector(folder / 'detector.onnx', *detector)
    export_recognizer(folder / 'recognizer.onnx', *recognizer)
    return detector, recognizer, (folder / 'detector.onnx', folder / 'recognizer.onnx')


@pytest.fixture(scope='module')
def images(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp('images')
    return [str(save(page(*words, shape=shape), folder / name)) for words, shape, name in (
        ((('RGB', 20, 20), ('BG', 120, 60)), (128, 192), 'a.png'), ((('GRB', 40, 40),), (100, 220), 'b.png'))]


def page(*words: tuple[str, int, int], shape: tuple[int, int]) -> np.ndarray:
    image = np.zeros((*shape, 3), np.uint8)
    for letters, x, y in words:
        for i, letter in enumerate(letters):
            image[y:y + 20, x + 24 * i:x + 24 * i + 24] = BGR[letter]
    return image


def run(program: str, *arguments: str) -> subprocess.CompletedProcess:
    done = subprocess.run([sys.executable, '-c', program, *arguments], capture_output=True, text=True, check=False,
                          cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_results_are_those_of_the_ordinary_path(models, images):
    """To the last digit with the same file, and to rounding with PyTorch."""
    (detector, recognizer, files) = models
    found = json.loads(run(LIBRARY, *map(str, files), *images).stdout)
    same = TextDetector(weights=files[0])(images, batch_size=2)
    torch = TextDetector(*detector, 'cpu')(images, batch_size=2)
    for index, (ours, theirs) in enumerate(zip(same, torch, strict=True)):
        assert len(theirs.polygons) == [2, 1][index]
        np.testing.assert_array_equal(found['polygons'][index], ours.polygons)
        np.testing.assert_array_equal(np.float32(found['scores'][index]), ours.scores)
        np.testing.assert_allclose(found['polygons'][index], theirs.polygons, atol=1e-3)
        np.testing.assert_allclose(found['scores'][index], theirs.scores, atol=1e-5)
    read = TextReader(TextDetector(*detector, 'cpu'), *recognizer, 'cpu', words=True, min_score=0.3)(images)
    assert found['texts'] == [one.texts for one in read]
    assert [len(texts) for texts in found['texts']] == [2, 1]
    for index, one in enumerate(read):
        np.testing.assert_allclose(found['text scores'][index], one.text_scores, atol=1e-5)


def test_commands(models, images, tmp_path):
    files, out = [str(file) for file in models[2]], str(tmp_path)
    calls = [
        ['detect', *images, '--weights', files[0], '--device', 'cpu', '--out-dir', f'{out}/detected'],
        ['read', *images, '--weights', files[0], '--recognizer-weights', files[1], '--out-dir', f'{out}/read',
         '--format', 'txt', 'hocr', '--text-score-thr', '0.3'],
    ]
    run(COMMANDS, json.dumps(calls))
    for folder in ('detected', 'read'):
        records = [json.loads(line) for line in (tmp_path / folder / 'results.jsonl').read_text().splitlines()]
        assert [record['path'] for record in records] == images
        assert [len(record['polygons']) for record in records] == [2, 1]
        assert all((tmp_path / folder / record['picture']).is_file() for record in records)
    expected = OnnxTextReader(*files, min_score=0.3)(images)
    assert [record['texts'] for record in records] == [one.texts for one in expected]


@pytest.mark.parametrize('options', [
    dict(), dict(size=128), dict(max_size=80), dict(scales=(0.5, 1, 2)), dict(tile=64), dict(tile=64, scales=(1, 2))])
def test_options_do_what_they_do_in_pytorch(models, images, options):
    expected = TextDetector(*models[0], 'cpu', **options)(images, batch_size=2)
    found = OnnxTextDetector(models[2][0], **options)(images, batch_size=2)
    for ours, theirs in zip(found, expected, strict=True):
        assert theirs.polygons
        np.testing.assert_allclose(ours.polygons, theirs.polygons, atol=1e-3)
        np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-5)


@pytest.mark.parametrize(('options', 'message'), [
    (dict(size=0), 'the size is a positive number of pixels, got 0'),
    (dict(scales=()), 'scales are positive numbers, at least one'),
    (dict(tile=0), 'the side of tiles is a positive number'),
])
def test_options_that_are_none(models, options, message):
    with pytest.raises(ValueError, match=message):
        OnnxTextDetector(models[2][0], **options)


def test_options_of_commands_that_a_file_does_not_have(models, images, capsys):
    from dbnetpp import main
    files = [str(file) for file in models[2]]
    for arguments, message in (
            (['detect', images[0], '--weights', files[0], '--precision', 'float16'], 'precision that it was written'),
            (['detect', images[0], '--weights', files[0], '--device', 'tpu'], "got 'tpu'"),
            (['read', images[0], '--weights', files[0], '--recognizer', 'SAR', '--recognizer-weights', files[1]],
             'holds its config: give no --recognizer')):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert message in capsys.readouterr().err


def test_packages_of_the_command_line_are_named(models, images, monkeypatch, capsys):
    from dbnetpp import main
    from dbnetpp_plugin.deploy import packages
    monkeypatch.setattr(packages, 'find_spec', lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        main(['detect', images[0], '--weights', str(models[2][0])])
    assert stopped.value.code == 2
    assert 'need rich and matplotlib: pip install rich matplotlib' in capsys.readouterr().err


def test_kinds_of_images(models, images):
    """As of TextDetector: bytes, Pillow images and so on come from the same place."""
    from PIL import Image
    detector = OnnxTextDetector(models[2][0])
    with Image.open(images[0]) as picture:
        kinds = [Path(images[0]), Path(images[0]).read_bytes(), picture, detector.read(images[0])]
        found = detector(kinds)
    assert all(np.array_equal(one.polygons, found[0].polygons) for one in found)
    assert len(found[0].polygons) == 2
