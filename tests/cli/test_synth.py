"""The command line that writes synthetic text."""

import json
from pathlib import Path

import cv2
import pytest

from dbnetpp import command

main = command('synth')


def test_writes_both_splits(tmp_path):
    main([f'--out={tmp_path}', '--train=3', '--test=2', '--seed=4', '--size', '160', '140', '--workers=2'])
    for split, count in (('train', 3), ('test', 2)):
        entries = json.loads((tmp_path / f'textdet_{split}.json').read_text())['data_list']
        assert len(entries) == count
        assert all(cv2.imread(str(tmp_path / entry['img_path'])).shape == (140, 160, 3) for entry in entries)


def written(folder: Path) -> list[list[dict]]:
    entries = json.loads((folder / 'textdet_train.json').read_text())['data_list']
    return [entry['instances'] for entry in entries]


def test_rich_lines_in_two_scripts(tmp_path):
    size, greek = ['--size', '240', '180'], 'αβγδεζηθικλμν'
    (tmp_path / 'words').write_text('banana\n')
    for name, arguments in (('plain', []), ('rich', ['--rich', '--level', 'line', '--characters', greek,
                                                     f'--words={tmp_path / "words"}'])):
        main([f'--out={tmp_path / name}', '--train=12', '--test=0', '--workers=1', *size, *arguments])
    texts = [{one['text'] for page in written(tmp_path / name) for one in page} for name in ('plain', 'rich')]
    assert not any(' ' in text or set(text) & set(greek) for text in texts[0])
    assert any(' ' in text for text in texts[1])
    assert any(set(text) & set(greek) for text in texts[1])
    assert any('banana' in text.lower() for text in texts[1])


def test_another_script_needs_rich_pages(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(['--out', str(tmp_path), '--characters', 'αβγ'])
    assert '--characters needs --rich' in capsys.readouterr().err


@pytest.mark.parametrize(('arguments', 'message'), [
    (['--size', '100', '300'], 'at least 128 pixels wide and high, got 100 x 300'),
    (['--fonts', 'nowhere'], 'nowhere holds no .ttf, .otf or .ttc font'),
    (['--words', 'nowhere'], "No such file or directory: 'nowhere'"),
    (['--rich', '--characters', 'β δ'], 'characters should be printable and without spaces'),
    (['--backgrounds', 'nowhere'], r'nowhere holds 0 .jpg or .png photographs'),
    (['--seed', '-1'], 'seed should be a whole number from 0, got -1'),
])
def test_failure_is_one_sentence(tmp_path, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main(['--out', str(tmp_path), '--train', '1', '--test', '1', '--workers', '1', *arguments])
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert message in error
