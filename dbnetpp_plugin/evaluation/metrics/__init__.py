"""Metrics for MMEngine's evaluator, registered in MMOCR's registry."""

from .text_det_hmean import TextDetHmeanMetric
from .text_spotting_hmean import TextSpottingHmeanMetric

__all__ = ['TextDetHmeanMetric', 'TextSpottingHmeanMetric']
