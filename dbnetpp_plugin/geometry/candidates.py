"""Whether a probability map has more regions than were looked at."""

import cv2
import numpy as np
from numpy.typing import NDArray


def beyond_limit(probability: NDArray[np.float32], found: int, *, mask_thr: float, min_text_width: float,
                 unclip_ratio: float, max_candidates: int) -> str | None:
    """A warning if regions beyond the limit may have been text.

    Where most of the largest candidates are no text, the smaller ones are noise, and nothing is lost.

    Args:
        probability: (H, W).
        found: How many regions :func:`.contours.text_regions` found.
        mask_thr: As there, like the others.
        min_text_width: As there.
        unclip_ratio: As there.
        max_candidates: As there.
    """
    if 2 * found < max_candidates:
        return None
    count = _large_regions(probability, mask_thr, min_text_width, unclip_ratio)
    if count <= max_candidates:
        return None
    return (f'an image has {count} regions that may be text, of which the {max_candidates} largest were looked at: '
            'raise max_candidates of the postprocessor to see all of them; other images may have lost text, too')


def _large_regions(probability: NDArray[np.float32], mask_thr: float, min_text_width: float,
                   unclip_ratio: float) -> int:
    """How many regions of a map are large enough, once grown, by their bounding boxes."""
    mask = (probability > mask_thr).view(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sides = boxes[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] - 1.0  # the first is the ground
    grown = sides + unclip_ratio * sides.min(axis=1, keepdims=True)
    return int((grown.prod(axis=1) >= min_text_width ** 2).sum())
