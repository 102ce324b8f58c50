"""The default runtime for training that is counted in iterations and has no validation."""

_base_ = 'default_runtime.py'

default_hooks = dict(checkpoint=dict(by_epoch=False, interval=10_000, save_best=None))
log_processor = dict(by_epoch=False)
val_evaluator = None
