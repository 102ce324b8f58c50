"""ICDAR 2015's format: a text file an image, ``NAME.txt`` or ``gt_NAME.txt``.

A line is ``x1,y1,x2,y2,x3,y3,x4,y4,transcription``; the transcription, and the comma before it, may be missing.
"""

from pathlib import Path

from dbnetpp_plugin.annotations.lines import read_lines, split_line
from dbnetpp_plugin.annotations.mmocr_json import make_instance

from ..common import pair_files
from ..images import find_images
from ..writing import Instances, Sample
from .parts import is_ignored

FORM = 'x1,y1,x2,y2,x3,y3,x4,y4 and perhaps ,transcription'
NAMES = ('gt_{stem}.txt', '{stem}.txt')


def read(images: Path, annotations: Path) -> list[Sample]:
    """Read the annotation file of each image.

    Raises:
        ValueError: If a line cannot be read; the message names file and line.
    """
    pairs = pair_files(find_images(images), annotations, NAMES)
    return [Sample(image, image.name, parse(file)) for image, file in pairs]


def parse(file: Path) -> Instances:
    """Read one annotation file.

    Raises:
        ValueError: If a line cannot be read; the message names file and line.
    """
    instances = []
    for where, line in read_lines(file):
        has_text = line.count(',') >= 8
        polygon, texts = split_line(line, where, 8, int(has_text), FORM)
        text = texts[0] if has_text else ''
        instances.append(make_instance(polygon, ignore=is_ignored(text), text=text))
    return instances
