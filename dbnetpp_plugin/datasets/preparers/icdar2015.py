"""ICDAR 2015, challenge 4 (incidental scene text): https://rrc.cvc.uab.es/?ch=4.

A line is ``x1,y1,x2,y2,x3,y3,x4,y4,transcription``: a quadrangle, clockwise from the text's top left corner. The
transcription may hold commas; ``###`` is text that counts neither way.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.annotations.text_lines import read_official

from .common import Split, prepare_splits
from .writing import Instances, Summary

POINTS = 4
SPLITS = (
    Split(
        name='train',
        images=('ch4_training_images',),
        annotations=('ch4_training_localization_transcription_gt',),
        annotation_names=('gt_{stem}.txt',),
        official_images=1000,
    ),
    Split(
        name='test',
        images=('ch4_test_images',),
        annotations=('Challenge4_Test_Task1_GT', 'ch4_test_localization_transcription_gt'),
        annotation_names=('gt_{stem}.txt',),
        official_images=500,
    ),
)


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root`` (see :func:`.common.prepare_splits`)."""
    return prepare_splits(root, out, SPLITS, parse)


def parse(file: Path) -> Instances:
    """Read one annotation file.

    Raises:
        ValueError: If a line is not eight numbers and a transcription; the message names file and line.
    """
    return [make_instance(line.outline, ignore=line.ignored, text=line.text) for line in read_official(file, POINTS)]
