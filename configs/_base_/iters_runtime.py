"""The default runtime for training that is counted in iterations."""

_base_ = 'default_runtime.py'

default_hooks = dict(
    logger=dict(log_metric_by_epoch=False),  # or curves would have every evaluation at step 0
    checkpoint=dict(by_epoch=False, interval=200))
log_processor = dict(by_epoch=False)
