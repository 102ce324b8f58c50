"""Types of arguments, and the thresholds of all commands."""

import argparse

import pytest

from dbnetpp import command
from dbnetpp_plugin.cli.argument_types import score
from dbnetpp_plugin.cli.main import COMMANDS, load_command


@pytest.mark.parametrize('text', ['0', '1', '0.5', '1e-3', '.25'])
def test_a_score(text):
    assert score(text) == float(text)


@pytest.mark.parametrize(('text', 'message'), [
    ('50', '50 is not a number from 0 to 1: write 0.5 for 50 per cent'), ('1.5', 'write 0.015 for 1.5 per cent'),
    ('-0.1', '-0.1 is not a number from 0 to 1'), ('nan', 'nan is not a number from 0 to 1'),
    ('inf', 'inf is not a number from 0 to 1'), ('500', '500 is not a number from 0 to 1')])
def test_what_is_no_score(text, message):
    with pytest.raises(argparse.ArgumentTypeError, match=message):
        score(text)


@pytest.mark.parametrize('name', COMMANDS)
def test_every_threshold_of_every_command_is_a_score(name):
    parser = argparse.ArgumentParser()
    load_command(name).add_arguments(parser)
    for action in parser._actions:
        if any(option.endswith('-thr') for option in action.option_strings):
            assert action.type is score


@pytest.mark.parametrize(('name', 'arguments'), [
    ('detect', ['a.jpg', '--score-thr', '50']), ('read', ['a.jpg', '--score-thr', '50']),
    ('read', ['a.jpg', '--text-score-thr', '50']),
    ('evaluate', ['gt.zip', 'found.zip', '--protocol', 'icdar2015', '--score-thr', '50'])])
def test_per_cent_are_refused_in_one_sentence(capsys, name, arguments):
    with pytest.raises(SystemExit) as stopped:
        command(name)(arguments)
    assert stopped.value.code == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.endswith('score-thr: 50 is not a number from 0 to 1: write 0.5 for 50 per cent')
