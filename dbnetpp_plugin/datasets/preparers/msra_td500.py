"""MSRA-TD500 (text lines of any direction, English and Chinese): http://www.iapr-tc11.org (MSRA-TD500).

Lines are those of :mod:`dbnetpp_plugin.annotations.td500`. There are no transcriptions.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.lines import read_lines
from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.annotations.td500 import parse_box

from .common import Split, prepare_splits
from .writing import Instances, Summary

SPLITS = (
    Split(
        name='train',
        images=('train', 'MSRA-TD500/train'),
        annotations=('train', 'MSRA-TD500/train'),
        annotation_names=('{stem}.gt',),
        official_images=300,
        official_instances=1068,
    ),
    Split(
        name='test',
        images=('test', 'MSRA-TD500/test'),
        annotations=('test', 'MSRA-TD500/test'),
        annotation_names=('{stem}.gt',),
        official_images=200,
        official_instances=651,
    ),
)


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root`` (see :func:`.common.prepare_splits`)."""
    return prepare_splits(root, out, SPLITS, parse)


def parse(file: Path) -> Instances:
    """Parse one annotation file.

    Raises:
        ValueError: If a line does not have its seven numbers; the message names file and line.
    """
    boxes = (parse_box(line.split(), line, where) for where, line in read_lines(file))
    return [make_instance(polygon, ignore=ignored) for polygon, ignored in boxes]
