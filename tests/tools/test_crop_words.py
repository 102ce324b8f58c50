"""tools/crop_words.py as one runs it."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from dbnetpp_plugin.datasets.annotation import make_entry, make_instance, write_annotations

TOOL = Path(__file__).parents[2] / 'tools' / 'crop_words.py'


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, TOOL, *arguments], capture_output=True, text=True, check=False)


def test_crops_and_counts(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((50, 90, 3), np.uint8))
    word = make_instance([0, 0, 40, 0, 40, 10, 0, 10], text='word')
    write_annotations(tmp_path / 'textdet_train.json', [make_entry('a.png', 90, 50, [word])])
    done = run('--ann', str(tmp_path / 'textdet_train.json'), '--root', str(tmp_path), '--out', str(tmp_path / 'out'))
    assert done.returncode == 0, done.stderr
    assert '1 words' in done.stdout + done.stderr
    assert (tmp_path / 'out' / 'textrecog_train.json').is_file()
    assert (tmp_path / 'out' / 'textrecog_imgs' / 'train' / 'a_0.jpg').is_file()


def test_failure_is_one_line(tmp_path):
    done = run('--ann', str(tmp_path / 'none.json'), '--root', str(tmp_path), '--out', str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith('crop_words.py: there is no annotation file')
