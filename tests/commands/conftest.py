"""A small data set and a config small enough that the ecosystem's own commands run in seconds."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TINY_CONFIG = """
_base_ = ['{root}/configs/synthetic/dbnetpp_mbv3l_synth.py']
custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)

model = dict(backbone=dict(arch='small'), neck=dict(in_channels=[16, 24, 48, 576]))
train_pipeline = _base_.train_pipeline
train_pipeline[2].update(size=(128, 128))
train_dataloader = dict(
    batch_size=2, num_workers=1, sampler=dict(_delete_=True, type='DefaultSampler', shuffle=True),
    dataset=dict(data_root='{data}', pipeline=train_pipeline))
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (256, 192)
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(data_root='{data}', pipeline=test_pipeline))
test_dataloader = val_dataloader

train_cfg = dict(_delete_=True, type='EpochBasedTrainLoop', max_epochs=2, val_interval=2)
param_scheduler = [dict(type='PolyLR', power=0.9, end=2)]
default_hooks = dict(logger=dict(interval=1), checkpoint=dict(by_epoch=True, interval=1, save_best=None))
log_processor = dict(by_epoch=True, window_size=1)
"""


@pytest.fixture(scope='session')
def synth_data(tmp_path_factory) -> Path:
    """Eight training and three test images of synthetic text."""
    folder = tmp_path_factory.mktemp('synth')
    subprocess.run([sys.executable, str(ROOT / 'tools/synth_text.py'), '--out', str(folder), '--train', '8', '--test',
                    '3', '--seed', '1', '--size', '320', '240'], check=True, capture_output=True)
    return folder


@pytest.fixture(scope='session')
def tiny_config(tmp_path_factory, synth_data) -> Path:
    file = tmp_path_factory.mktemp('config') / 'tiny.py'
    file.write_text(TINY_CONFIG.format(root=ROOT, data=synth_data))
    return file


@pytest.fixture(scope='session')
def mim() -> Callable[..., str]:
    """Run a ``mim`` command, show its output when it fails, and give its output when it succeeds."""

    def run(*arguments: object) -> str:
        # The checkout that the tests are in, wherever the package was installed from.
        paths = os.pathsep.join([str(Path(__file__).parent / 'plugins'), str(ROOT)])
        environment = dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH=paths)
        done = subprocess.run([str(Path(sys.executable).with_name('mim')), *map(str, arguments)], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    return run


@pytest.fixture(scope='session')
def losses() -> Callable[[str], list[float]]:
    """The total loss of every logged step of a training run."""
    return lambda log: [float(value) for value in re.findall(r'  loss: ([\d.]+)', log)]
