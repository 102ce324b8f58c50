"""HUST-TR400 (text lines of any direction, mostly English): 400 images made to train on together with MSRA-TD500.

A line is that of MSRA-TD500 and a transcription, ``index difficult x y w h theta transcription``. A difficult line
counts neither way.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.lines import read_lines
from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.annotations.td500 import parse_box

from .common import Split, prepare_splits
from .writing import Instances, Summary

FORM = 'index difficult x y w h theta transcription'
SPLITS = (
    Split(
        name='train',
        images=('HUST-TR400', '.'),
        annotations=('HUST-TR400', '.'),
        annotation_names=('{stem}.gt',),
        official_images=400,
        official_instances=1031,
    ),
)


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root`` (see :func:`.common.prepare_splits`)."""
    return prepare_splits(root, out, SPLITS, parse)


def parse(file: Path) -> Instances:
    """Read one annotation file.

    Raises:
        ValueError: If a line does not begin with its seven numbers; the message names file and line.
    """
    instances = []
    for where, line in read_lines(file):
        fields = line.split(maxsplit=7)
        text = fields[7].rstrip() if len(fields) > 7 else ''
        polygon, ignored = parse_box(fields[:7], line, where, FORM)
        instances.append(make_instance(polygon, ignore=ignored or is_ignored_text(text), text=text))
    return instances
