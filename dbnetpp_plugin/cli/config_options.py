"""The option ``--cfg-options``, which changes options of a config, in the syntax of MMEngine."""

import argparse
from collections.abc import Sequence
from typing import Any


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--cfg-options``, whose value is a list for :func:`parse_config_options`."""
    parser.add_argument('--cfg-options', nargs='+', action='extend', type=_pair, default=[], metavar='KEY=VALUE',
                        help='options of the config to change, such as model.backbone.depth=50')


def parse_config_options(pairs: Sequence[str], parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Values by dotted key, with numbers, lists and tuples as MMEngine's own commands understand them.

    Args:
        pairs: ``KEY=VALUE`` each.
        parser: Ends the program with exit code 2 if brackets do not match.
    """
    from mmengine.config import DictAction  # takes a quarter of a second
    namespace = argparse.Namespace(options={})
    try:
        DictAction(['--cfg-options'], dest='options')(parser, namespace, list(pairs))
    except AssertionError as error:
        parser.error(f'argument --cfg-options: {error}')
    return namespace.options


def _pair(text: str) -> str:
    if '=' not in text:
        raise argparse.ArgumentTypeError(f'{text!r} is not of the form KEY=VALUE')
    return text
