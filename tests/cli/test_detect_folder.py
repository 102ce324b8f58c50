"""A folder of 200 files of all kinds, some broken: none is lost, nor by kill -9, nor by a change of processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bright_model import expected_quad, painted, save, write_model
from odd_images import BROKEN, READABLE

from dbnetpp import command

ROOT = Path(__file__).parents[2]

SLOW_MODEL = """
import time
from bright_model import BrightBackbone
from mmocr.registry import MODELS

@MODELS.register_module()
class SlowBrightBackbone(BrightBackbone):
    def forward(self, x):
        time.sleep(0.01)
        return super().forward(x)
"""
OPTIONS = ['--device', 'cpu', '--batch-size', '2', '--no-pictures']


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """200 files, and a folder that is none of them; and a slow model."""
    folder = tmp_path_factory.mktemp('mixed')
    images = folder / 'in'
    for index in range(200 - len(READABLE) - len(BROKEN) - 3):
        save(painted(2 * (index % 50), 2 * (index // 3)), images / f'{index:03d}.png')
    for name, encode in READABLE.items():
        (images / name).write_bytes(encode(painted()))
    for name, (content, _) in BROKEN.items():
        (images / name).write_bytes(content)
    for name, size in (('dot.png', (1, 1)), ('thread.png', (3, 30000)), ('stripe.jpg', (10, 30000))):
        save(np.zeros((*size, 3), np.uint8), images / name)
    (images / 'folder.jpg').mkdir()
    config, _ = write_model(folder)
    (folder / 'slow_model.py').write_text(SLOW_MODEL)
    config.write_text("custom_imports = dict(imports=['dbnetpp_plugin', 'slow_model'], allow_failed_imports=False)\n"
                      + config.read_text().replace("'BrightBackbone'", "'SlowBrightBackbone'"))
    return folder


def arguments(folder: Path, out: str) -> list[str]:
    return [str(folder / 'in'), '--config', str(folder / 'bright.py'), '--weights', str(folder / 'bright.pth'),
            '--out-dir', str(folder / out), *OPTIONS]


@pytest.fixture(scope='module')
def undisturbed(folder):
    """Exit code and results of a run that nothing interrupts."""
    sys.path.append(str(folder))
    code = command('detect')(arguments(folder, 'undisturbed'))
    return code, (folder / 'undisturbed' / 'results.jsonl').read_bytes()


def test_every_file_is_read_or_named(folder, undisturbed):
    code, content = undisturbed
    records = {Path(record['path']).name: record for record in map(json.loads, content.splitlines())}
    assert code == 1
    assert list(records) == sorted(path.name for path in (folder / 'in').iterdir() if path.is_file())
    assert len(records) == 200
    errors = {name: record['error'] for name, record in records.items() if 'error' in record}
    # Scaled to the size that this model wants, one of 3 x 30000 pixels has no height left.
    assert errors.keys() == {*BROKEN, 'thread.png'}
    assert all(message in errors[name] for name, (_, message) in BROKEN.items())
    assert 'thread.png cannot be processed: image 0 of 30000 x 3 pixels is too long and narrow' in errors['thread.png']
    for name in READABLE:
        assert (records[name]['width'], records[name]['height']) == (192, 128)
        np.testing.assert_allclose(records[name]['polygons'], [expected_quad()], atol=0.01)
    assert [(records[name]['width'], records[name]['height'], records[name]['polygons'])
            for name in ('dot.png', 'stripe.jpg')] == [(1, 1, []), (30000, 10, [])]


def environment(folder: Path) -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / 'tests' / 'helpers'), str(folder), os.environ.get('PYTHONPATH', '')]
    return {**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, paths)), 'OMP_NUM_THREADS': '1'}


@pytest.mark.skipif(not hasattr(signal, 'SIGKILL'), reason='needs SIGKILL')
def test_killed_and_started_again_on_two_processes(folder, undisturbed):
    results = folder / 'killed' / 'results.jsonl'
    process = subprocess.Popen([sys.executable, '-m', 'dbnetpp', 'detect', *arguments(folder, 'killed')],
                               env=environment(folder), stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not (results.exists() and results.stat().st_size > 5000):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()
    _, expected = undisturbed
    before = results.read_bytes()
    assert 0 < len(before) < len(expected)
    assert expected.startswith(before)
    command = [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2',
               str(ROOT / 'tools' / 'detect.py'), *arguments(folder, 'killed')]
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert 'of 200 images were done before' in done.stderr
    assert results.read_bytes() == expected
    assert sorted(path.name for path in (folder / 'killed').iterdir()) == ['job.json', 'results.jsonl']
