"""The runtime for recognizers, whose training is counted in iterations."""

_base_ = 'default_runtime.py'

default_hooks = dict(
    logger=dict(log_metric_by_epoch=False),
    checkpoint=dict(by_epoch=False, interval=200, save_best='recog/word_acc_ignore_case'))
log_processor = dict(by_epoch=False)

val_evaluator = [
    dict(type='WordMetric', mode=['exact', 'ignore_case', 'ignore_case_symbol'], prefix='recog'),
    dict(type='CharMetric', prefix='recog'),
    dict(type='OneMinusNEDMetric', prefix='recog'),
]
test_evaluator = val_evaluator
visualizer = dict(type='TextRecogLocalVisualizer')
