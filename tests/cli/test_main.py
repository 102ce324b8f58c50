"""The program and what all of its commands have in common, with a command made up for the purpose."""

import logging
import os
from types import SimpleNamespace

import pytest

from dbnetpp import main
from dbnetpp_plugin import __version__, compat
from dbnetpp_plugin.cli import main as cli


@pytest.fixture
def command(monkeypatch):
    """Takes the place of all commands; a test says what it does by setting ``run``."""
    command = SimpleNamespace(__doc__='Do nothing.', NEEDS_OPENMMLAB=False, add_arguments=lambda parser: None,
                              run=lambda args, parser: None)
    monkeypatch.setattr(cli, 'load_command', lambda name: command)
    return command


def ended(arguments, capsys) -> tuple[int, str]:
    """Exit code and messages of a program that ends with an error."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    captured = capsys.readouterr()
    assert not captured.out
    return stopped.value.code, captured.err


def test_overview_has_a_line_per_command(capsys):
    assert main([]) == 0
    overview = capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        main(['--help'])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == overview
    lines = overview.splitlines()
    for name in cli.COMMANDS:
        first_line = cli.load_command(name).__doc__.splitlines()[0]
        assert f'  {name:<11}{first_line}' in lines
        assert len(first_line) < 100


def test_every_module_with_a_run_is_a_command():
    folder = os.path.dirname(cli.__file__)
    names = {name.removesuffix('.py') for name in os.listdir(folder) if name.endswith('.py')}
    assert {name for name in names if hasattr(cli.load_command(name), 'NEEDS_OPENMMLAB')} == set(cli.COMMANDS)


def test_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(['--version'])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f'dbnetpp {__version__}\n'


@pytest.mark.parametrize('arguments', [['detekt', 'photo.jpg'], ['main'], ['--detect']])
def test_unknown_command(capsys, arguments):
    code, error = ended(arguments, capsys)
    assert code == 2
    assert 'dbnetpp: error: ' in error


def test_wrong_arguments_of_a_command(capsys):
    code, error = ended(['slim', '--quarter'], capsys)
    assert code == 2
    assert error.startswith('usage: dbnetpp slim [-h] [--half] CHECKPOINT')


@pytest.mark.parametrize(('result', 'code'), [(None, 0), (0, 0), (3, 3)])
def test_exit_code_is_what_the_command_returns(command, result, code):
    command.run = lambda args, parser: result
    assert main(['slim']) == code


@pytest.mark.parametrize('error', [ImportError('no onnx'), OSError('no file'), ValueError('no number')])
def test_error_of_a_command_is_one_sentence(command, capsys, error):
    def run(args, parser):
        raise error

    command.run = run
    assert ended(['slim'], capsys) == (1, f'dbnetpp slim: {error}\n')


def test_other_errors_are_not_hidden(command):
    command.run = lambda args, parser: {}['x']
    with pytest.raises(KeyError):
        main(['slim'])


def test_missing_package(command, monkeypatch, capsys):
    def check():
        raise ImportError('dbnetpp_plugin needs torch: install it.')

    monkeypatch.setattr(compat, 'check_packages', check)
    assert main(['slim']) == 0  # it does not need it
    command.NEEDS_OPENMMLAB = True
    assert ended(['slim'], capsys) == (2, 'dbnetpp slim: dbnetpp_plugin needs torch: install it.\n')


def test_missing_package_that_arguments_need(command, capsys):
    def add_arguments(parser):
        raise ImportError('No module named scipy')

    command.add_arguments = add_arguments
    assert ended(['slim', '--help'], capsys) == (2, 'dbnetpp slim: No module named scipy\n')


def test_messages_of_the_package_are_shown_while_a_command_runs(command, capsys):
    package, other = logging.getLogger('dbnetpp_plugin'), logging.getLogger('other')
    before = package.level, package.handlers[:]

    def run(args, parser):
        logging.getLogger('dbnetpp_plugin.datasets').info('3 images')
        package.debug('details')
        other.info('of no interest')
        raise ValueError('too few')

    command.run = run
    assert ended(['slim'], capsys) == (1, '3 images\ndbnetpp slim: too few\n')
    assert (package.level, package.handlers) == before


def test_environment_is_set_while_a_command_runs(command, monkeypatch):
    monkeypatch.setenv('DBNETPP_A', 'before')
    monkeypatch.delenv('DBNETPP_B', raising=False)
    found = {}
    command.ENVIRONMENT = {'DBNETPP_A': 'a', 'DBNETPP_B': 'b'}
    command.run = lambda args, parser: found.update(os.environ)
    main(['slim'])
    assert (found['DBNETPP_A'], found['DBNETPP_B']) == ('a', 'b')
    assert os.environ['DBNETPP_A'] == 'before'
    assert 'DBNETPP_B' not in os.environ
