"""The command line that draws the curves of trainings."""

import json

import pytest

from dbnetpp import command

main = command('plot')


@pytest.fixture
def work_dir(tmp_path):
    log = tmp_path / 'model' / '20260101_000000' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    entries = [*({'step': step, 'loss': 1 / step, 'lr': 1.0, 'time': 6.0} for step in range(1, 5)),
               {'step': 4, 'icdar2015/hmean': 0.5}]
    log.write_text('\n'.join(map(json.dumps, entries)))
    return tmp_path / 'model'


@pytest.mark.parametrize('options', [[], ['--log'], ['--minutes']])
def test_picture(work_dir, tmp_path, options):
    out = tmp_path / 'new' / 'curves.png'
    assert main([str(work_dir), str(work_dir), '--keys', 'loss', 'icdar2015/hmean', '--window', '1', *options,
                 '--out', str(out)]) == 0
    assert out.read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(('arguments', 'message'), [
    (['--keys', 'loss', 'accuracy'], 'have no accuracy'),
    (['--window', '0'], '--window is a positive number, got 0'),
])
def test_failure_is_one_sentence(work_dir, tmp_path, capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        main([str(work_dir), *arguments, '--out', str(tmp_path / 'curves.png')])
    assert ended.value.code == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count('\n') == 1
