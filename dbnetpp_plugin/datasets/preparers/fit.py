"""Whether outlines lie on their images, and what they look like where they do not.

Nothing is changed: the words that come out of it are for whoever made the annotations.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dbnetpp_plugin.geometry.placement import EXCHANGED, PARTS, Floats, exchanged, far_outside
from dbnetpp_plugin.wording import few

Entry = dict[str, Any]

# Text that small is no text: an outline within the first pixel of an image is one in parts of width and height.
ONE_PIXEL = 1.05
# From so many images on, it is no chance if all text lies in the same part of them.
MIN_IMAGES, MIN_TEXTS = 10, 20
# All text within this share of width and height, from the upper left corner on, is odd.
ODD_SHARE = 0.6
# Numbers that tools write for the right and lower border of any image: percent, thousandths.
FULL_SCALES = (100, 1000)
# How much of the images that do not fit must be explained for the explanation to be told.
MOST = 0.5


@dataclass
class Fit:
    """How outlines lie on the images of a split. It grows with what is outside, not with the split."""

    texts: int = 0
    images: int = 0
    outside: list[str] = field(default_factory=list)
    tiny: list[str] = field(default_factory=list)
    bad_images: int = 0
    looks: Counter[str] = field(default_factory=Counter)
    reach: float = 0
    """The largest share of an image's width or height at which there is text."""
    farthest: float = 0
    """The largest coordinate."""
    smallest_side: float = np.inf
    """The shortest longer side of an image."""

    def add(self, entry: Entry, name: str) -> None:
        """Look at the text of an image, whose outlines are usable."""
        boxes = np.array([instance['bbox'] for instance in entry['instances']], np.float64).reshape(-1, 4)
        if not len(boxes):
            return
        width, height = entry['width'], entry['height']
        tiny = (np.abs(boxes).max(axis=1) <= ONE_PIXEL) & (min(width, height) > 2 * ONE_PIXEL)
        out = far_outside(boxes, width, height)
        self.texts += len(boxes)
        self.images += 1
        self.tiny += [f'{name} instance {index}' for index in np.flatnonzero(tiny)]
        self.outside += [f'{name} instance {index} (x {x0:g} to {x1:g}, y {y0:g} to {y1:g}, image {width} x {height})'
                         for index, (x0, y0, x1, y1) in enumerate(boxes) if out[index]]
        self.reach = max(self.reach, float((boxes[:, 2:] / (width, height)).max()))
        self.farthest = max(self.farthest, float(boxes.max()))
        self.smallest_side = min(self.smallest_side, max(width, height))
        if out.any():
            self.bad_images += 1
            self.looks.update(_looks_like(boxes, width, height))

    def sentences(self) -> Iterator[str]:
        """What is odd, and what it looks like."""
        if self.tiny:
            yield (f'{_share(len(self.tiny), self.texts)} lie within the first pixel of their image, which looks like '
                   f'normalised coordinates; with {PARTS}, they would be text: {few(self.tiny)}')
        if self.outside:
            yield (f'{_share(len(self.outside), self.texts)} lie outside of their image'
                   f'{self._explanation()}: {few(self.outside)}')
        elif not self.tiny and self.images >= MIN_IMAGES and self.texts >= MIN_TEXTS and self.reach <= ODD_SHARE:
            yield self._all_in_a_corner()

    def _explanation(self) -> str:
        look, count = max(self.looks.items(), key=lambda item: item[1], default=('', 0))
        if count <= MOST * self.bad_images:
            return ''
        return f', which looks like {look} (in {count} of {self.bad_images} such images)'

    def _all_in_a_corner(self) -> str:
        fitting = (scale for scale in FULL_SCALES if 0.9 * scale <= self.farthest <= scale < self.smallest_side)
        scale = next(fitting, None)
        reason = f'coordinates from 0 to {scale} for any width and height' if scale else 'annotations of smaller images'
        return (f'all {self.texts} texts in {self.images} images lie in the upper left, within {self.reach:.0%} of '
                f'width and height, which looks like {reason}')


def _looks_like(boxes: Floats, width: int, height: int) -> Iterator[str]:
    """Changes with which all boxes would lie on the image, the simplest first."""
    corners = boxes.reshape(-1, 2, 2)
    if not far_outside(exchanged(corners).reshape(-1, 4), width, height).any():
        yield EXCHANGED
    elif _are_corners(corners, width, height):
        yield 'boxes of two corners read as corner, width and height'
    elif _is_spread(boxes, width, height):
        yield 'outlines of images of another size'
    else:
        yield 'single outlines gone astray'


def _are_corners(corners: Floats, width: int, height: int) -> bool:
    """Whether each box is one that begins at its first corner and is as large as its second corner is far."""
    second = corners[:, 1] - corners[:, 0]
    boxes = np.concatenate([corners[:, 0], second], axis=1)
    return bool((second > corners[:, 0]).all()) and not far_outside(boxes, width, height).any()


def _is_spread(boxes: Floats, width: int, height: int) -> bool:
    """Whether boxes are all over a larger image, and not one of them far from all others."""
    if (boxes < 0).any():
        return False
    far = [np.sort(ends)[-2:] for ends, side in ((boxes[:, 2], width), (boxes[:, 3], height)) if ends.max() > side]
    return all(ends[0] > ends[-1] / 2 for ends in far)


def _share(count: int, total: int) -> str:
    return f'{count} of {total} texts ({count / total:.0%})'

