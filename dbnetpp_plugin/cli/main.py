"""Running a command: its arguments, what has to be imported for it, its messages and its exit code.

Each command is a module of this package of the same name. Its docstring is the description in its help, and it has

=============================  =======================================================================================
``NEEDS_OPENMMLAB``            Whether :mod:`dbnetpp_plugin` has to be imported as a whole, with PyTorch and MMOCR; or
                               a function of the arguments that says so.
``ENVIRONMENT`` (optional)     Environment variables, set before that import, and until the command ends.
``add_arguments(parser)``      Adds its arguments.
``run(args, parser)``          Does the work, and returns the exit code; None stands for 0. ``parser`` is for errors.
=============================  =======================================================================================

So that help is quick, these modules import nothing heavy at the top: what the choices of an argument come from is
imported in ``add_arguments``, and everything else in ``run``.
"""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType

from dbnetpp_plugin import compat
from dbnetpp_plugin.version import __version__

PACKAGE = 'dbnetpp_plugin'
COMMANDS = ('detect', 'read', 'evaluate', 'prepare', 'synth', 'crop', 'browse', 'tune', 'plot', 'compare', 'convert',
            'slim', 'export', 'benchmark')
FAILED, NOT_STARTED = 1, 2  # exit codes; argparse's is 2, too


def run_program(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names.

    Args:
        arguments: Name of the command and its arguments; by default those of this process.

    Returns:
        The exit code.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser('dbnetpp', usage='%(prog)s COMMAND ...', description=overview(),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('command', nargs='?', choices=COMMANDS, metavar='COMMAND', help=argparse.SUPPRESS)
    parser.add_argument('--version', action='version', version=f'%(prog)s {__version__}')
    name = parser.parse_args(arguments[:1]).command
    if name is None:
        parser.print_help()
        return 0
    return run_command(name, arguments[1:], f'{parser.prog} {name}')


def run_command(name: str, arguments: Sequence[str] | None = None, prog: str | None = None) -> int:
    """Run one command.

    Args:
        name: One of :data:`COMMANDS`.
        arguments: Its arguments; by default those of this process.
        prog: What help and messages call the program; by default the name of the script that runs.

    Returns:
        The exit code.

    Raises:
        SystemExit: After help, and after one sentence about an error: with exit code 2 if the arguments are wrong or a
            package is missing, and 1 if the command failed.
    """
    command = load_command(name)
    parser = argparse.ArgumentParser(prog, description=command.__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    with _exit_after(parser, NOT_STARTED, ImportError):
        command.add_arguments(parser)
    args = parser.parse_args(arguments)
    with _environment(getattr(command, 'ENVIRONMENT', {})), _logging_to_stderr():
        if _needs_openmmlab(command, args):
            with _exit_after(parser, NOT_STARTED, ImportError):
                complete_package()
        with _exit_after(parser, FAILED, ImportError, OSError, ValueError):
            return command.run(args, parser) or 0


def load_command(name: str) -> ModuleType:
    """Module of a command."""
    return importlib.import_module(f'{__package__}.{name}')


def overview() -> str:
    """A line per command: its name, and the first line of its description."""
    lines = (f'  {name:<11}{(load_command(name).__doc__ or "").splitlines()[0]}' for name in COMMANDS)
    return '\n'.join(['Text detection with DBNet and DBNet++.', '', 'commands:', *lines, '',
                      'Each command has a help of its own, `dbnetpp COMMAND --help`.'])


def complete_package() -> None:
    """Import :mod:`dbnetpp_plugin` as a whole, if only some of its modules are imported so far.

    Raises:
        ImportError: If a package that it needs is missing, or of an unsupported version.
    """
    compat.check_packages()
    package = sys.modules[PACKAGE]
    if not hasattr(package, '__version__'):  # see dbnetpp.py: the package was put in place, and not run
        importlib.reload(package)


def _needs_openmmlab(command: ModuleType, args: argparse.Namespace) -> bool:
    needs = command.NEEDS_OPENMMLAB
    return needs(args) if callable(needs) else needs


@contextmanager
def _exit_after(parser: argparse.ArgumentParser, code: int, *errors: type[Exception]) -> Iterator[None]:
    """Turn errors into one sentence and an exit code."""
    try:
        yield
    except errors as error:
        parser.exit(code, f'{parser.prog}: {error}\n')


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, and restore them at the end."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _logging_to_stderr() -> Iterator[None]:
    """Show the messages of this package, from INFO on, as plain lines; the logger is restored at the end."""
    logger, handler = logging.getLogger(PACKAGE), logging.StreamHandler()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
