"""The comparison of data pipelines."""

import runpy
from pathlib import Path

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.datasets import write_annotations
from dbnetpp_plugin.datasets.annotation import make_entry, make_instance

TOOL = Path(__file__).parents[2] / 'tools' / '_bench_data.py'


def test_both_pipelines_are_measured(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / 'a.jpg'), np.full((240, 320, 3), 128, np.uint8))
    instance = make_instance([120, 100, 200, 100, 200, 140, 120, 140], text='word')
    write_annotations(tmp_path / 'train.json', [make_entry('a.jpg', 320, 240, [instance])] * 3)
    figures = runpy.run_path(str(TOOL))['run'](tmp_path / 'train.json', tmp_path, number=2, repeats=2)
    assert (figures['images'], figures['repeats']) == (2, 2)
    assert list(figures['dbnetpp']['steps_ms']) == [
        'LoadEncodedImage', 'LoadOCRAnnotations', 'DBTextAugment', 'GenerateDBTargets', 'PackDBInputs']
    assert 'DBModuleLoss.get_targets' in figures['mmocr']['steps_ms']
    for name in ('mmocr', 'dbnetpp'):
        milliseconds = figures[name]['ms']
        assert 0 < milliseconds['p10'] <= milliseconds['median'] <= milliseconds['p90']
        assert figures[name]['images_per_second'] == pytest.approx(1000 / milliseconds['median'])
    assert figures['speedup'] == pytest.approx(figures['mmocr']['ms']['median'] / figures['dbnetpp']['ms']['median'])
    # Three colours, three maps of bytes and one of half precision.
    assert figures['dbnetpp']['bytes'] == 640 * 640 * 8
    # Three colours; one word: a box of 4 x 4, a polygon of 8 x 4, a label of 8 and a flag of 1 bytes.
    assert figures['mmocr']['bytes'] == pytest.approx(640 * 640 * 3 + 57, abs=16)
