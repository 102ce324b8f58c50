"""Precision, recall and hmean at the score threshold 0.55, as papers report them.

Beside them MMOCR's figures, at the best of several thresholds chosen on the evaluated images.
"""

val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.55)]
test_evaluator = val_evaluator
