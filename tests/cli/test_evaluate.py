"""The command line that evaluates."""

import csv
import json
import zipfile

import cv2
import numpy as np
import pytest

from dbnetpp import command
from dbnetpp_plugin.evaluation.pictures import LEGEND

main = command('evaluate')
TRUTH = {'gt_img_1.txt': '10,10,90,10,90,30,10,30,one\n10,50,90,50,90,70,10,70,two\n10,80,40,80,40,90,10,90,###\n',
         'gt_img_2.txt': '10,10,90,10,90,30,10,30,three\n'}
FOUND = {'res_img_1.txt': '10,10,90,10,90,30,10,30,0.9\n10,80,40,80,40,90,10,90,0.9\n60,75,95,75,95,95,60,95,0.4\n'}


def folder(path, files):
    path.mkdir()
    for name, content in files.items():
        (path / name).write_text(content)
    return str(path)


@pytest.fixture
def sources(tmp_path):
    return [folder(tmp_path / 'gt', TRUTH), folder(tmp_path / 'found', FOUND)]


def test_figures_with_what_they_hold_for(sources, capsys):
    main([*sources, '--protocol', 'icdar2015'])
    first, second, third, fourth = capsys.readouterr().out.splitlines()
    assert first == ('ICDAR 2015, quadrangles, IoU > 0.5, predictions more than 0.5 inside do-not-care text left out, '
                     'all predictions')
    assert second == 'recall 0.3333 (1 of 3)  precision 0.5000 (1 of 2)  hmean 0.4000'
    assert third == 'best of 20 score thresholds, chosen on these very images, no test result: score >= 0.45'
    assert fourth == 'recall 0.3333 (1 of 3)  precision 1.0000 (1 of 1)  hmean 0.5000'


def test_zip_files_and_a_score_threshold(tmp_path, capsys):
    for name, files in (('gt.zip', TRUTH), ('found.zip', FOUND)):
        with zipfile.ZipFile(tmp_path / name, 'w') as archive:
            for file, content in files.items():
                archive.writestr(file, content)
    main([str(tmp_path / 'gt.zip'), str(tmp_path / 'found.zip'), '--protocol', 'polygon', '--score-thr', '0.5'])
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.endswith(', score >= 0.5')
    assert second == 'recall 0.3333 (1 of 3)  precision 1.0000 (1 of 1)  hmean 0.5000'


def test_table_of_images(sources, capsys):
    main([*sources, '--protocol', 'icdar2015', '--per-image'])
    header, *rows = list(csv.reader(capsys.readouterr().out.splitlines()[4:]))
    assert [dict(zip(header, row, strict=True)) for row in rows] == [
        {'image': 'gt_img_1.txt', 'recall': '0.5000', 'precision': '0.5000', 'hmean': '0.5000', 'ground truths': '2',
         'found': '1', 'do not care': '1', 'predictions': '2', 'right': '1', 'left out': '1', 'faults': '0'},
        {'image': 'gt_img_2.txt', 'recall': '0.0000', 'precision': '0.0000', 'hmean': '0.0000', 'ground truths': '1',
         'found': '0', 'do not care': '0', 'predictions': '0', 'right': '0', 'left out': '0', 'faults': '0'}]


def test_report_with_pictures(tmp_path, sources):
    images = tmp_path / 'images'
    images.mkdir()
    for number in (1, 2, 3):
        cv2.imwrite(str(images / f'img_{number}.png'), np.full((1600, 1600, 3), 255, np.uint8))
    out = tmp_path / 'out'
    main([*sources, '--protocol', 'mlt17', '--out-dir', str(out), '--images', str(images)])
    numbers = json.loads((out / 'figures.json').read_text())
    assert numbers['recall'] == 1 / 3
    assert numbers['average_precision'] == 1 / 3
    assert numbers['faults'] == {'ground_truths': {}, 'predictions': {}}
    assert (out / 'images.csv').read_text().count('\n') == 3
    assert cv2.imread(str(out / 'precision_recall.png')).shape[2] == 3
    assert sorted(path.name for path in (out / 'pictures').iterdir()) == ['img_1.jpg', 'img_2.jpg']
    picture = cv2.imread(str(out / 'pictures' / 'img_1.jpg')).astype(int)
    # The upper side of the second word, which was missed, and of the false alarm.
    for (x, y), kind in (((30, 50), 'missed ground truth'), ((80, 75), 'false alarm'), ((25, 80), 'do not care')):
        distances = {name: np.abs(picture[y, x] - color).max() for name, color in LEGEND.items()}
        assert min(distances, key=distances.get) == kind


def test_scripts(tmp_path, capsys):
    truth = folder(tmp_path / 'gt', {'gt_img_1.txt': '10,10,90,10,90,30,10,30,Latin,one\n0,50,9,50,9,70,0,70,Korean,x'})
    main([truth, folder(tmp_path / 'found', FOUND), '--protocol', 'mlt17'])
    out = capsys.readouterr().out
    assert 'Latin  recall 1.0000 (1 of 1)' in out
    assert 'Korean  recall 0.0000 (0 of 1)' in out


def test_reading_with_a_lexicon(tmp_path, capsys):
    found = {'1.txt': '10,10,90,10,90,30,10,30,0.9,onx\n10,50,90,50,90,70,10,70,0.9,xxxxx\n'}
    sources = [folder(tmp_path / 'gt', TRUTH), folder(tmp_path / 'found', found)]
    main([*sources, '--protocol', 'end-to-end'])
    assert 'recall 0.0000 (0 of 3)  precision 0.0000 (0 of 2)' in capsys.readouterr().out
    (tmp_path / 'words.txt').write_text('one\ntwo\nthree\n')
    main([*sources, '--protocol', 'end-to-end', '--lexicon', str(tmp_path / 'words.txt'), '--max-distance', '1'])
    out = capsys.readouterr().out
    assert 'recall 0.3333 (1 of 3)  precision 1.0000 (1 of 1)' in out
    assert f'lexicon {tmp_path}/words.txt' in out


def test_says_why_nothing_is_found(sources, capsys):
    main([*sources, '--protocol', 'icdar2015', '--score-thr', '0.95'])
    assert '3 of 3 predictions score less than 0.95; the highest score is 0.9.' in capsys.readouterr().out


def test_says_what_is_wrong_with_outlines(tmp_path, capsys):
    found = {'1.txt': '10,10,90,30,90,10,10,30\n' + '10,50,90,50,90,70,10,70\n' * 2 + '5,5,5,5,5,5,5,5\n'}
    main([folder(tmp_path / 'gt', TRUTH), folder(tmp_path / 'found', found), '--protocol', 'icdar2015'])
    out = capsys.readouterr().out
    assert 'recall 0.3333 (1 of 3)  precision 0.2500 (1 of 4)' in out
    assert ('of the predictions: 1 without area, fit nothing; 1 cross or touch themselves, cover what they wind '
            'around; 1 equal to an earlier one, count again') in out


@pytest.mark.parametrize(('found', 'message'), [
    ({'1.txt': '10,10,90\n'}, '1.txt, line 1: expected x1,y1,x2,y2,x3,y3,x4,y4[,score][,transcription], got '),
    ({'7.txt': ''}, '1 predictions belong to no ground truth: '),
])
def test_errors_are_one_sentence(tmp_path, capsys, found, message):
    with pytest.raises(SystemExit) as stopped:
        main([folder(tmp_path / 'gt', TRUTH), folder(tmp_path / 'found', found), '--protocol', 'icdar2015'])
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count('\n') == 1


@pytest.mark.parametrize(('arguments', 'message'), [
    (['--lexicon', 'words.txt'], '--lexicon is for reading text, and the protocol polygon does not'),
    (['--images', '.'], '--images needs --out-dir'),
])
def test_options_that_make_no_sense(capsys, arguments, message):
    with pytest.raises(SystemExit):
        main(['gt', 'found', '--protocol', 'polygon', *arguments])
    assert message in capsys.readouterr().err
