"""The program `dbnetpp`: text detection by subcommands, such as `dbnetpp detect photos/`.

This module lies outside of the package `dbnetpp_plugin`, because importing that imports PyTorch and MMOCR, which takes
seconds; and Python imports a package before any module in it. Here the package is put in place without running its
``__init__``, so that its light modules can be imported alone: a help text needs no more, and neither do commands such
as `dbnetpp evaluate`. :mod:`dbnetpp_plugin.cli.main` completes the import for commands that need it.

A Python program that uses both should import `dbnetpp_plugin` first.
"""

import importlib.util
import sys
from collections.abc import Callable, Sequence

PACKAGE = 'dbnetpp_plugin'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: The command and its arguments; by default those of this process.

    Returns:
        The exit code.
    """
    _place_package()
    from dbnetpp_plugin.cli.main import run_program
    return run_program(arguments)


def command(name: str) -> Callable[[Sequence[str] | None], int]:
    """A function like :func:`main` for one command, for files that are a program of their own, as those in tools/.

    Args:
        name: Of the command.
    """
    def run(arguments: Sequence[str] | None = None) -> int:
        _place_package()
        from dbnetpp_plugin.cli.main import run_command
        return run_command(name, arguments)

    return run


def _place_package() -> None:
    """Put the package among the imported modules without running it. No-op if it is imported already.

    Not to be called while this module is imported: processes that a command spawns import it too, and need the whole
    package.
    """
    if PACKAGE not in sys.modules:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None:
            raise ModuleNotFoundError(f'the package {PACKAGE} is not installed: see docs/install.md')
        sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)


if __name__ == '__main__':
    raise SystemExit(main())
