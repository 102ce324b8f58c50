"""What the program imports, each time in a process of its own: no more than a command needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.cli.main import COMMANDS, load_command

ROOT = Path(__file__).parents[2]
HEAVY = {'torch', 'torchvision', 'mmengine', 'mmcv', 'mmdet', 'mmocr'}
COMPLETE = """
import dbnetpp
try:
    dbnetpp.main(['slim', 'none.pth', 'out.pth'])
except SystemExit as stopped:
    assert stopped.code == 1, stopped.code
import dbnetpp_plugin
from mmocr.registry import MODELS, TRANSFORMS
assert dbnetpp_plugin.__version__
assert dbnetpp_plugin.models
assert MODELS.get('DBNetPPPostprocessor') and TRANSFORMS.get('LoadEncodedImage')
"""
LIGHT = """
import json
import sys
import dbnetpp
codes = [dbnetpp.main(arguments) for arguments in json.loads(sys.argv[1])]
assert not any(codes), codes
"""


def run(*arguments: str) -> tuple[subprocess.CompletedProcess, set[str]]:
    """A finished process, and the top-level modules that it imported."""
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    done = subprocess.run([sys.executable, '-X', 'importtime', *arguments], env=environment, capture_output=True,
                          text=True, check=False)
    imported = {line.rpartition('|')[2].strip() for line in done.stderr.splitlines() if line.startswith('import time:')}
    assert 'argparse' in imported
    return done, {name.partition('.')[0] for name in imported}


@pytest.mark.parametrize('arguments', [
    [], *([name] for name in COMMANDS), ['prepare', 'custom'], ['benchmark', 'train']])
def test_help_imports_nothing_heavy(arguments):
    done, imported = run('-m', 'dbnetpp', *arguments, '--help')
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f'usage: {" ".join(["dbnetpp", *arguments])} ')
    assert not HEAVY & imported


def test_number_of_threads_can_still_be_chosen_when_a_benchmark_starts():
    done, imported = run('-m', 'dbnetpp', 'benchmark', 'metric', '--help')
    assert done.returncode == 0
    assert not imported & {'numpy', 'cv2'}


def test_package_is_complete_for_commands_that_need_it():
    done, imported = run('-c', COMPLETE)
    assert done.returncode == 0, done.stderr[-2000:]
    assert imported >= HEAVY


def test_some_commands_need_neither_pytorch_nor_openmmlab(tmp_path):
    """All commands that say so, the later ones on what the first one writes."""
    synth, out, own, training = (tmp_path / name for name in ('synth', 'out', 'own', 'model_0'))
    for folder in (own, training / '1' / 'vis_data'):
        folder.mkdir(parents=True)
    cv2.imwrite(str(own / 'a.jpg'), np.zeros((50, 90, 3), np.uint8))
    (own / 'a.txt').write_text('1,1,90,1,90,40,1,40,word')
    (training / '1' / 'vis_data' / 'scalars.json').write_text('{"step": 1, "loss": 1.0}')
    truth = synth / 'textdet_train.json'
    calls = [
        ['synth', '--out', synth, '--train', 1, '--test', 1, '--size', 160, 140, '--workers', 1],
        ['evaluate', truth, truth, '--protocol', 'polygon', '--out-dir', out],
        ['prepare', 'custom', '--format', 'icdar', '--images', own, '--test-share', 0, '--out', out],
        ['plot', training, '--out', out / 'curve.png'],
        ['compare', training, '--keys', 'loss'],
    ]
    light = {name for name in COMMANDS if not load_command(name).NEEDS_OPENMMLAB}
    assert {call[0] for call in calls} == light - {'crop'}  # which reads its annotations with MMEngine
    done, imported = run('-c', LIGHT, json.dumps([[str(argument) for argument in call] for call in calls]))
    assert done.returncode == 0, done.stderr[-2000:]
    assert not HEAVY & imported
