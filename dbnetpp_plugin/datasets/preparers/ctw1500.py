"""SCUT-CTW1500 (curved text lines, English and Chinese): https://github.com/Yuliang-Liu/Curve-Text-Detector.

Training images have an XML file each: a ``box`` a text, with its transcription in ``label`` and the 14 points of its
outline in ``segs``, clockwise from the top left. Test images have a text file each, of lines of 28 numbers and the
transcription, which in the newer release has ``####`` before it. The transcription ``###`` is text that counts neither
way.
"""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.lines import finite
from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.annotations.text_lines import MARKED_POINTS, read_official

from .common import Split, prepare_splits
from .writing import Instances, Summary

NUMBERS = 2 * MARKED_POINTS
SPLITS = (
    Split(
        name='train',
        images=('train_images',),
        annotations=('ctw1500_train_labels',),
        annotation_names=('{stem}.xml',),
        official_images=1000,
    ),
    Split(
        name='test',
        images=('test_images',),
        annotations=('ctw1500_test_labels', 'gt_ctw1500'),
        annotation_names=('000{stem}.txt', '{stem}.txt'),
        official_images=500,
        official_instances=3068,
    ),
)


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root`` (see :func:`.common.prepare_splits`)."""
    return prepare_splits(root, out, SPLITS, parse)


def parse(file: Path) -> Instances:
    """Read one annotation file, of training (XML) or testing.

    Raises:
        ValueError: If it is not what this module describes; the message names file and line or box.
    """
    return parse_xml(file) if file.suffix.lower() == '.xml' else parse_txt(file)


def parse_txt(file: Path) -> Instances:
    """Read the annotation file of a test image.

    Raises:
        ValueError: If a line is not 28 numbers and a transcription; the message names file and line.
    """
    return [_instance(line.outline, line.text, line.ignored) for line in read_official(file, MARKED_POINTS)]


def parse_xml(file: Path) -> Instances:
    """Read the annotation file of a training image.

    Raises:
        ValueError: If it is not XML, or a box has not its 28 numbers; the message names file and line or box.
    """
    try:
        boxes = ElementTree.parse(file).getroot().iter('box')
    except ElementTree.ParseError as error:
        raise ValueError(f'{file} is not XML: {error}') from error
    return [_parse_box(box, f'{file}, box {number}') for number, box in enumerate(boxes, 1)]


def _parse_box(box: ElementTree.Element, where: str) -> dict:
    segs = box.findtext('segs', '')
    try:
        numbers = finite(segs.split(','))
        if len(numbers) != NUMBERS:
            raise ValueError(f'it has {len(numbers)} numbers')
    except ValueError as error:
        raise ValueError(f'{where}: expected segs of x1,y1,...,x14,y14, got {segs!r:.80}') from error
    text = box.findtext('label', '')
    return _instance(numbers, text, is_ignored_text(text))


def _instance(numbers: list[float], text: str, ignored: bool) -> dict:
    return make_instance(clockwise(numbers), ignore=ignored, text=text)


def clockwise(polygon: list[float]) -> list[float]:
    """Make an outline go clockwise as one sees it.

    Outlines of the test images begin at the bottom left and go counter-clockwise; read backwards they begin at the top
    left and go clockwise, as those of the training images do.
    """
    xs, ys = polygon[::2], polygon[1::2]
    doubled_area = sum(
        x * next_y - next_x * y
        for x, y, next_x, next_y in zip(xs, ys, xs[1:] + xs[:1], ys[1:] + ys[:1], strict=True))
    # The y axis points down, so that a positive area is clockwise.
    if doubled_area >= 0:
        return polygon
    return [value for point in zip(xs[::-1], ys[::-1], strict=True) for value in point]
