"""Means and spread over seeds, from logs."""

import json

import pytest

from dbnetpp import command

main = command('compare')


@pytest.fixture
def work_dirs(tmp_path):
    """Two seeds of one training, whose last evaluation counts, and one of another."""
    folders = []
    for name, figures in (('dbnet_0', [0.1, 0.5]), ('dbnet_1', [0.6]), ('dbnet_no_db_0', [0.25])):
        log = tmp_path / name / '20260101_000000' / 'vis_data' / 'scalars.json'
        log.parent.mkdir(parents=True)
        log.write_text('\n'.join(json.dumps({'step': step, 'hmean': figure}) for step, figure in enumerate(figures)))
        folders.append(str(tmp_path / name))
    return folders


def test_table(work_dirs, capsys):
    main([*work_dirs, '--keys', 'hmean'])
    assert capsys.readouterr().out.splitlines() == [
        '|  | seeds | hmean |', '| --- | --- | --- |', '| dbnet | 2 | 55.0 ± 7.1 |', '| dbnet_no_db | 1 | 25.0 |']


@pytest.mark.parametrize(('arguments', 'message'), [
    (['work_dirs/dbnet'], 'is not named NAME_SEED'),
    (['work_dirs/absent_0'], 'there is no'),
])
def test_failure_is_one_sentence(capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 1
    assert message in capsys.readouterr().err
