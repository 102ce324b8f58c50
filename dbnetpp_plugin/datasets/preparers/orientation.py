"""Which way up an image was when its text was outlined.

EXIF data may ask a viewer to turn an image. Some annotation tools follow them, others show the pixels as they are
stored, and annotation files do not say which was used. What they do say usually gives it away: the size of the image,
or outlines that fit into the image only one way.
"""

from collections.abc import Iterable
from typing import Any

from dbnetpp_plugin.geometry.placement import SLACK
from dbnetpp_plugin.images.header import Header


def is_outlined_upright(
    header: Header,
    instances: Iterable[dict[str, Any]],
    annotated_size: tuple[int, int] | None,
    otherwise: bool,
    name: str,
) -> bool:
    """Tell whether outlines belong to the image turned as EXIF asks (True) or to its pixels as stored (False).

    Args:
        header: Of the image.
        instances: The text on the image.
        annotated_size: Width and height that the annotation file gives for the image; None if it gives none.
        otherwise: The answer where size and outlines fit both ways.
        name: What to call the image in an error.

    Raises:
        ValueError: If the size given is that of another image.
    """
    stored, shown = header.stored_size, header.shown_size
    if annotated_size and annotated_size not in (stored, shown):
        raise ValueError(
            f'{name} is {stored[0]} x {stored[1]} pixels, but its annotation is for an image of '
            f'{annotated_size[0]} x {annotated_size[1]}: outline the text on the image itself')
    if stored == shown:
        return otherwise
    if annotated_size:
        return annotated_size == shown
    boxes = [instance['bbox'] for instance in instances]
    preferred, other = (shown, stored) if otherwise else (stored, shown)
    return otherwise != (_excess(boxes, other) <= SLACK < _excess(boxes, preferred))


def _excess(boxes: Iterable[list[float]], size: tuple[int, int]) -> float:
    """How far boxes reach beyond the right and lower border of an image, as a share of its longer side."""
    width, height = size
    return max((max(x - width, y - height) for _, _, x, y in boxes), default=0) / max(size)
