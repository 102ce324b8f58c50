"""MSRA-TD500 (text lines of any direction, English and Chinese): http://www.iapr-tc11.org (MSRA-TD500).

A line is ``index difficult x y w h theta``: an upright box with its top left corner at (x, y), turned about its centre
by theta radians, clockwise as one sees it. A difficult line counts neither way. There are no transcriptions.
"""

import math
from pathlib import Path

from ..annotation import make_instance
from .common import Split, prepare_splits
from .lines import finite, read_lines
from .writing import Instances, Summary

FORM = 'index difficult x y w h theta'
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
    """Read one annotation file.

    Raises:
        ValueError: If a line does not have its seven numbers; the message names file and line.
    """
    return [parse_fields(line.split(), '', line, where, FORM) for where, line in read_lines(file)]


def parse_fields(fields: list[str], text: str, line: str, where: str, form: str) -> dict:
    """Make an instance of the seven fields of a line and its transcription.

    Args:
        fields: As :data:`FORM`.
        text: The transcription.
        line: The whole line, for the message.
        where: Where the line is, for the message.
        form: What the line should look like, for the message.

    Raises:
        ValueError: If there are not seven numbers, or ``difficult`` is neither 0 nor 1.
    """
    try:
        int(fields[0])
        difficult = ('0', '1').index(fields[1])
        x, y, width, height, theta = finite(fields[2:])
    except (ValueError, IndexError) as error:
        raise ValueError(f'{where}: expected {form}, got {line!r:.80}') from error
    return make_instance(turned_box(x, y, width, height, theta), ignore=difficult == 1, text=text)


def turned_box(x: float, y: float, width: float, height: float, theta: float) -> list[float]:
    """Turn a box about its centre.

    Args:
        x: Left side before turning, in pixels.
        y: Top side before turning, in pixels.
        width: Width, in pixels.
        height: Height, in pixels.
        theta: Angle in radians; positive is clockwise in an image, whose y axis points down.

    Returns:
        x1, y1, ..., x4, y4, clockwise from the corner that was at the top left.
    """
    cos, sin = math.cos(theta), math.sin(theta)
    half_w, half_h = width / 2, height / 2
    polygon = []
    for dx, dy in ((-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)):
        polygon += [x + half_w + dx * cos - dy * sin, y + half_h + dx * sin + dy * cos]
    return polygon
