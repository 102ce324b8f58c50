"""Lines of MSRA-TD500 and HUST-TR400: ``index difficult x y w h theta``.

They describe an upright box with its top left corner at (x, y), turned about its centre by theta radians, clockwise as
one sees it. A difficult line is ignored.
"""

import math
from collections.abc import Sequence

from .lines import finite

FORM = 'index difficult x y w h theta'


def parse_box(fields: Sequence[str], line: str, where: str, form: str = FORM) -> tuple[list[float], bool]:
    """Parse the seven fields of a line.

    Args:
        fields: As :data:`FORM`.
        line: The whole line, for the message.
        where: Where the line is, for the message.
        form: What the line should look like, for the message.

    Returns:
        x1, y1, ..., x4, y4 of the box, and whether it is ignored.

    Raises:
        ValueError: If there are not seven numbers, or ``difficult`` is neither 0 nor 1.
    """
    try:
        int(fields[0])
        difficult = ('0', '1').index(fields[1])
        x, y, width, height, theta = finite(fields[2:])
    except (ValueError, IndexError) as error:
        raise ValueError(f'{where}: expected {form}, got {line!r:.80}') from error
    return turned_box(x, y, width, height, theta), difficult == 1


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
