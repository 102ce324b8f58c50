"""The default runtime for training that is counted in iterations and has no validation."""

_base_ = 'default_runtime.py'

default_hooks = dict(
    logger=dict(log_metric_by_epoch=False),
    checkpoint=dict(by_epoch=False, interval=10_000, save_best=None))
log_processor = dict(by_epoch=False)
val_evaluator = None
test_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.5)]
