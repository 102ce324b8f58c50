"""Results in the formats of others, read back as those do."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from dbnetpp_plugin.bulk.exports import EXPORTS, export, icdar_lines
from dbnetpp_plugin.bulk.results import json_line
from dbnetpp_plugin.evaluation.sources import load_predictions
from dbnetpp_plugin.evaluation.text_files import read_predictions

QUAD = [[1.4, 2.6], [30, 2.5], [30.1, 9.5], [-1.2, 9]]
WHOLE = [[1, 3], [30, 2], [30, 10], [-1, 9]]  # to the nearest, halves to even
CURVE = [[0, 0], [10, 5], [20, 0], [20, 8], [10, 13], [0, 8]]
FOUND = {'path': 'photos/a.jpg', 'width': 40, 'height': 20, 'polygons': [QUAD, QUAD], 'scores': [0.5, 1.0]}
READ = {**FOUND, 'path': 'scans/a.png', 'texts': ['Straße, 5', '123'], 'text_scores': [0.9, 0.8]}
NOTHING = {**READ, 'path': 'none.png', 'polygons': [], 'scores': [], 'texts': [], 'text_scores': []}
BROKEN = {'path': 'broken.jpg', 'error': 'is empty'}


def results(folder: Path, *records: dict) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / 'results.jsonl').write_bytes(b''.join(map(json_line, records)))
    return folder / 'results.jsonl'


def test_icdar_of_a_detector(tmp_path):
    path, count = export(results(tmp_path, FOUND, BROKEN, {**FOUND, 'path': 'b/A.jpg'}), 'icdar', tmp_path)
    assert (path, count) == (tmp_path / 'icdar.zip', 3)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ['res_a.txt', 'res_broken.txt', 'res_A_2.txt']
        assert archive.read('res_a.txt').decode() == '1,3,30,2,30,10,-1,9,0.5000\n1,3,30,2,30,10,-1,9,1.0000\n'
        assert archive.read('res_broken.txt') == b''
    for points in (4, None):
        image = load_predictions(path, points)[f'{path}/res_a.txt']
        np.testing.assert_array_equal(image.polygons, [WHOLE, WHOLE])
        np.testing.assert_array_equal(image.scores, [0.5, 1])


def test_icdar_of_a_reader(tmp_path):
    path, _ = export(results(tmp_path, READ, NOTHING), 'icdar', tmp_path)
    for points in (4, None):
        found = load_predictions(path, points, with_text=True)
        image = found[f'{path}/res_a.txt']
        np.testing.assert_array_equal(image.polygons, [WHOLE, WHOLE])
        np.testing.assert_array_equal(image.scores, [0.5, 1])
        assert image.texts == ['Straße, 5', '123']
        assert found[f'{path}/res_none.txt'].polygons == []


def test_curved_text_in_icdar_files(tmp_path):
    record = {**FOUND, 'polygons': [CURVE, QUAD]}
    path, _ = export(results(tmp_path, record), 'icdar', tmp_path)
    image = load_predictions(path, None)[f'{path}/res_a.txt']
    assert [polygon.tolist() for polygon in image.polygons] == [CURVE, WHOLE]


@pytest.mark.parametrize(('text', 'written'), [
    ('word', 'word'), ('', ''), ('a,b', 'a,b'), ('say "no"', 'say "no"'),
    ('"quoted"', '"\\"quoted\\""'), (' space', '" space"'), ('12', '"12"'), ('-1e3', '"-1e3"'), ('1,2', '1,2'),
    ('two\nlines', 'two lines'), ('back\\slash', 'back\\slash'), ('"\\', '"\\"\\\\"'),
])
def test_transcriptions(text, written):
    (line,) = icdar_lines({**READ, 'polygons': [QUAD], 'scores': [0.25], 'texts': [text]})
    assert line == f'1,3,30,2,30,10,-1,9,0.2500,{written}'


@given(st.lists(st.text(st.characters(exclude_categories=['Cs'], exclude_characters='\n\r'), max_size=8), min_size=1,
                max_size=4), st.sampled_from([4, None]))
def test_any_text_comes_back(texts, points):
    record = {**READ, 'polygons': [WHOLE] * len(texts), 'scores': [0.5] * len(texts), 'texts': texts}
    content = ''.join(f'{line}\n' for line in icdar_lines(record))
    image = read_predictions({'res_a.txt': content}, points, with_text=True)['res_a.txt']
    assert image.texts == texts
    np.testing.assert_array_equal(image.scores, [0.5] * len(texts))
    np.testing.assert_array_equal(image.polygons, [WHOLE] * len(texts))


def test_paddleocr(tmp_path):
    records = [FOUND, BROKEN, READ, NOTHING, {**FOUND, 'path': 'a\tb.jpg'}, {**FOUND, 'path': 'a\nb.jpg'}]
    path, count = export(results(tmp_path, *records), 'paddleocr', tmp_path)
    assert (path, count) == (tmp_path / 'paddleocr.txt', 3)
    lines = [line.split('\t') for line in path.read_text(encoding='utf-8').splitlines()]
    assert [name for name, _ in lines] == ['photos/a.jpg', 'scans/a.png', 'none.png']
    assert [json.loads(regions) for _, regions in lines] == [
        [{'transcription': '', 'points': QUAD, 'score': 0.5}, {'transcription': '', 'points': QUAD, 'score': 1.0}],
        [{'transcription': 'Straße, 5', 'points': QUAD, 'score': 0.5},
         {'transcription': '123', 'points': QUAD, 'score': 1.0}],
        []]


def test_labelme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, count = export(results(Path('out'), FOUND, BROKEN, {**READ, 'texts': ['', 'ü']}), 'labelme', Path('out'))
    assert (path, count) == (Path('out/labelme'), 2)
    assert sorted(file.name for file in path.iterdir()) == ['a.json', 'a_2.json']
    first, second = (json.loads((path / name).read_text(encoding='utf-8')) for name in ('a.json', 'a_2.json'))
    assert (path / first['imagePath']).resolve() == (tmp_path / 'photos/a.jpg').resolve()
    assert (first['imageWidth'], first['imageHeight'], first['imageData']) == (40, 20, None)
    assert [(shape['label'], shape['points'], shape['shape_type']) for shape in first['shapes']] == [
        ('text', QUAD, 'polygon')] * 2
    assert [shape['label'] for shape in second['shapes']] == ['text', 'ü']


@pytest.mark.parametrize('kind', ['icdar', 'paddleocr'])
def test_the_same_bytes_each_time(tmp_path, kind):
    path, _ = export(results(tmp_path, FOUND, READ), kind, tmp_path)
    before = path.read_bytes()
    export(tmp_path / 'results.jsonl', kind, tmp_path)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(['results.jsonl', path.name])


def test_no_results(tmp_path):
    with pytest.raises(ValueError, match=r"^results are exported as icdar, paddleocr, labelme, txt, hocr, got 'coco'$"):
        export(tmp_path / 'results.jsonl', 'coco', tmp_path)
    for kind in EXPORTS:
        with pytest.raises(FileNotFoundError):
            export(tmp_path / 'results.jsonl', kind, tmp_path)


def region(left: int, top: int, right: int, bottom: int) -> list[list[int]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


PAGE = {'path': 'scans/<b> & "c".png', 'width': 300, 'height': 100, 'scores': [0.9] * 4,
        'polygons': [region(100, 50, 180, 70), region(10, 10, 80, 30), region(90, 12, 150, 30), region(10, 52, 90, 70)],
        'texts': ['<script>', 'Fish', '& chips', 'a\x00b'], 'text_scores': [0.914, 1.0, 0.5, 0.8]}


def test_plain_text_is_in_lines(tmp_path):
    path, count = export(results(tmp_path, PAGE, BROKEN, NOTHING), 'txt', tmp_path)
    assert (path, count) == (tmp_path / 'txt', 2)
    stem = '<b> & "c"'
    assert (path / f'{stem}.txt').read_text() == 'Fish & chips\na\x00b <script>\n'
    assert (path / 'none.txt').read_text() == ''
    assert not (path / 'broken.txt').exists()


def test_hocr_is_read_back(tmp_path):
    """By an HTML parser, and by the validator of the specification."""
    path, count = export(results(tmp_path, PAGE, NOTHING), 'hocr', tmp_path)
    assert count == 2
    files = sorted(path.iterdir())
    document = html.parse(str(files[0]))
    (page,) = document.xpath("//*[@class='ocr_page']")
    assert page.get('title') == 'bbox 0 0 300 100; image "scans/<b> & \\"c\\".png"'
    lines = document.xpath("//*[@class='ocr_line']")
    assert [line.get('title') for line in lines] == ['bbox 10 10 150 30', 'bbox 10 50 180 70']
    words = document.xpath("//*[@class='ocrx_word']")
    assert [(word.text, word.get('title')) for word in words] == [
        ('Fish', 'bbox 10 10 80 30; x_wconf 100'), ('& chips', 'bbox 90 12 150 30; x_wconf 50'),
        ('a\N{REPLACEMENT CHARACTER}b', 'bbox 10 52 90 70; x_wconf 80'),
        ('<script>', 'bbox 100 50 180 70; x_wconf 91')]
    assert not document.xpath('//script')
    for file in files:
        checked = subprocess.run([hocr_spec(), str(file)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert 'Document is valid' in checked.stdout + checked.stderr


def hocr_spec() -> str:
    found = shutil.which('hocr-spec', path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip('hocr-spec is not installed')
    return found


@pytest.mark.parametrize('kind', ['txt', 'hocr'])
def test_outlines_without_texts_are_no_text(tmp_path, kind):
    with pytest.raises(ValueError, match=rf'^photos/a\.jpg has outlines and no texts, which {kind} is made of: use'):
        export(results(tmp_path, FOUND), kind, tmp_path)
