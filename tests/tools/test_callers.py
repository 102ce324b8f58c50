"""The scripts in tools/: each runs a command of the program, or one of MMOCR's scripts."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from dbnetpp_plugin.cli.main import COMMANDS

TOOLS = Path(__file__).parents[2] / 'tools'
CALLERS = sorted(path for path in TOOLS.glob('*.py') if path.stem not in ('train', 'test'))
HEAVY = {'torch', 'mmengine', 'mmcv', 'mmdet', 'mmocr'}


def command_of(path: Path) -> str:
    return re.search(r"^main = command\('(\w+)'\)$", path.read_text(), re.MULTILINE)[1]


def test_every_command_has_one_script():
    assert sorted(map(command_of, CALLERS)) == sorted(COMMANDS)


@pytest.mark.parametrize('path', CALLERS, ids=lambda path: path.stem)
def test_help(path):
    """It describes the command under the name of the script, and imports nothing heavy."""
    environment = {**os.environ, 'PYTHONPATH': str(TOOLS.parent)}
    done = subprocess.run([sys.executable, '-X', 'importtime', str(path), '--help'], env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f'usage: {path.name} ')
    assert f'dbnetpp {command_of(path)} ' in done.stdout
    imported = {line.rpartition('|')[2].strip().partition('.')[0] for line in done.stderr.splitlines()}
    assert 'argparse' in imported
    assert not imported & HEAVY


def test_main_takes_arguments_and_returns_the_exit_code(tmp_path, capsys):
    main = runpy.run_path(str(TOOLS / 'evaluate.py'))['main']
    for folder in ('truth', 'found'):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / '1.txt').write_text('10,10,90,10,90,30,10,30\n')
    assert main([str(tmp_path / 'truth'), str(tmp_path / 'found'), '--protocol', 'icdar2015']) == 0
    assert 'hmean 1.0000' in capsys.readouterr().out
