"""Options of a config on the command line."""

import argparse

import pytest

from dbnetpp_plugin.cli.config_options import add_config_options, parse_config_options


def parse(*arguments: str) -> dict:
    parser = argparse.ArgumentParser('prog')
    add_config_options(parser)
    return parse_config_options(parser.parse_args(arguments).cfg_options, parser)


@pytest.mark.parametrize(('arguments', 'options'), [
    ([], {}),
    (['--cfg-options', 'a.b=1', 'c=x=y'], {'a.b': 1, 'c': 'x=y'}),
    (['--cfg-options', 'a=1', '--cfg-options', 'b=2'], {'a': 1, 'b': 2}),
    (['--cfg-options', 'a=1', 'a=2'], {'a': 2}),
    (['--cfg-options', 'a=0.5,true,None', 'b=(1,2)', 'c=[(1,2),x]', 'd='],
     {'a': [0.5, True, None], 'b': (1, 2), 'c': [(1, 2), 'x'], 'd': ''}),
])
def test_values(arguments, options):
    assert parse(*arguments) == options


@pytest.mark.parametrize(('pair', 'message'), [
    ('depth', "argument --cfg-options: 'depth' is not of the form KEY=VALUE"),
    ('a=[1,(2]', 'argument --cfg-options: Imbalanced brackets'),
])
def test_mistakes(capsys, pair, message):
    with pytest.raises(SystemExit) as stopped:
        parse('--cfg-options', pair)
    assert stopped.value.code == 2
    assert f'prog: error: {message}' in capsys.readouterr().err
