"""Pictures of training samples: the image with its outlines, beside its label maps."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

TRAINED, IGNORED, BORDER = (0, 200, 0), (0, 0, 255), (255, 128, 0)  # BGR
CAPTION_HEIGHT = 24  # pixels
GAP = 4  # pixels between panels


def draw_targets(results: dict[str, Any]) -> NDArray[np.uint8]:
    """Put the image of a sample, with its outlines, and its label maps side by side.

    Args:
        results: From a train pipeline, with the label maps.
    """
    panels = {
        f'{Path(results["img_path"]).name}: {caption_of(results)}': draw_outlines(results),
        'shrink map (probability)': grey(results['gt_shrink_map'], 0, 1),
        'shrink mask (white: counts)': grey(results['gt_shrink_mask'], 0, 1),
        'threshold map (0.3 to 0.7)': grey(results['gt_threshold_map'], 0.3, 0.7),
        'threshold mask (white: counts)': grey(results['gt_threshold_mask'], 0, 1),
    }
    captioned = [with_caption(panel, caption) for caption, panel in panels.items()]
    gap = np.full((len(captioned[0]), GAP, 3), 255, np.uint8)
    return np.hstack([piece for panel in captioned for piece in (panel, gap)][:-1])


def draw_outlines(results: dict[str, Any]) -> NDArray[np.uint8]:
    """Draw the outlines of text, and of what is not padding, on the image."""
    picture = results['img'].copy()
    if 'valid_polygon' in results:
        _draw(picture, results['valid_polygon'], BORDER)
    for polygon, trained in zip(results['gt_polygons'], trained_texts(results), strict=True):
        _draw(picture, polygon, TRAINED if trained else IGNORED)
    return picture


def trained_texts(results: dict[str, Any]) -> list[bool]:
    """Whether each text is trained on, according to the shrink mask: text may be ignored for its size alone."""
    trained = []
    for polygon in results['gt_polygons']:
        inside = np.zeros(results['gt_shrink_mask'].shape, np.uint8)
        cv2.fillPoly(inside, [np.round(polygon.reshape(-1, 2)).astype(np.int32)], [1])
        trained.append(bool(results['gt_shrink_mask'][inside > 0].mean() > 0.5))
    return trained


def caption_of(results: dict[str, Any]) -> str:
    """How many texts are trained on, and how many are not."""
    trained = trained_texts(results)
    return f'{sum(trained)} trained, {len(trained) - sum(trained)} ignored'


def grey(label_map: NDArray, black: float, white: float) -> NDArray[np.uint8]:
    """Make a picture (H, W, 3) of a map (H, W).

    Args:
        label_map: Any numbers.
        black: Value that becomes black, as do lower ones.
        white: Value that becomes white, as do higher ones.
    """
    levels = np.clip((label_map.astype(np.float32) - black) / (white - black), 0, 1) * 255
    return np.repeat(np.round(levels).astype(np.uint8)[..., None], 3, axis=2)


def with_caption(panel: NDArray[np.uint8], caption: str) -> NDArray[np.uint8]:
    """Add a line of text above a picture."""
    strip = np.full((CAPTION_HEIGHT, panel.shape[1], 3), 255, np.uint8)
    cv2.putText(strip, caption, (4, CAPTION_HEIGHT - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([strip, panel])


def _draw(picture: NDArray[np.uint8], polygon: NDArray, colour: tuple[int, int, int]) -> None:
    points = np.round(polygon.reshape(-1, 2) * 16).astype(np.int32)  # OpenCV takes sixteenths of a pixel
    cv2.polylines(picture, [points], isClosed=True, color=colour, thickness=1, lineType=cv2.LINE_AA, shift=4)
