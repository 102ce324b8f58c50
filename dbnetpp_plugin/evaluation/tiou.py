"""TIoU: matches of the IoU protocol, each with a credit for how tight it is (CVPR 2019, arXiv 1904.00813).

For recall, the IoU of a match is multiplied by the part of the ground truth that is covered. For precision, by the part
of the prediction that is free of other ground truths, do-not-care or not, as the authors' script has it:
https://github.com/Yuliang-Liu/TIoU-metric. A loss of up to 1 % is forgiven.
"""

import numpy as np
import shapely

from .iou import Comparison, Pairs
from .regions import Regions
from .tally import Tally

FORGIVEN = 0.01


def tiou_tally(ground_truths: Regions, predictions: Regions, comparison: Comparison, matches: Pairs) -> Tally:
    """Tally of an image with TIoU credits in place of 1 a match.

    Args:
        ground_truths: All of the image.
        predictions: All of the image.
        comparison: Of the two.
        matches: (M, 2), those of its pairs that were matched.
    """
    recalled = precise = 0.0
    for i, j in matches.tolist():
        truth, prediction = ground_truths.shapes[i], predictions.shapes[j]
        shared = truth.intersection(prediction).area
        iou = shared / (truth.area + prediction.area - shared)
        recalled += iou * _credit((truth.area - shared) / truth.area)
        beside = prediction.difference(truth).intersection(shapely.union_all(np.delete(ground_truths.shapes, i)))
        precise += iou * _credit(beside.area / prediction.area)
    return Tally(recalled, precise, comparison.ground_truths, int(comparison.counted.sum()))


def _credit(loss: float) -> float:
    return 1.0 if loss <= FORGIVEN else 1.0 - loss
