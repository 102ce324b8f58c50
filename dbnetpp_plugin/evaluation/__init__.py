"""Evaluation: protocols as functions of outlines, and metrics registered in MMOCR's ``METRICS``.

Importing this package imports neither PyTorch nor the OpenMMLab packages: evaluating files needs none of them.
"""

from dbnetpp_plugin.lazy import lazy_names

from .iou import Comparison, compare, count_matches, match_in_order, match_most
from .mmocr_rule import compare_as_mmocr
from .protocols import PROTOCOLS
from .tally import Tally

__all__ = ['PROTOCOLS', 'Comparison', 'Tally', 'compare', 'compare_as_mmocr', 'count_matches', 'match_in_order',
           'match_most']

__getattr__ = lazy_names(__name__, {'TextDetHmeanMetric': 'metrics', 'TextSpottingHmeanMetric': 'metrics'})
