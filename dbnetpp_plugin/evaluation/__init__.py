"""Evaluation: protocols as functions of outlines, and metrics registered in MMOCR's ``METRICS``."""

from .iou import Comparison, compare, count_matches, match_in_order, match_most
from .mmocr_rule import compare_as_mmocr
from .protocols import PROTOCOLS
from .tally import Tally
from .text_det_hmean_metric import TextDetHmeanMetric
from .text_spotting_hmean_metric import TextSpottingHmeanMetric

__all__ = ['PROTOCOLS', 'Comparison', 'Tally', 'TextDetHmeanMetric', 'TextSpottingHmeanMetric', 'compare',
           'compare_as_mmocr', 'count_matches', 'match_in_order', 'match_most']
