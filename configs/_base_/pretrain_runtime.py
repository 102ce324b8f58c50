"""The default runtime for training that is counted in iterations and has no validation."""

_base_ = 'iters_runtime.py'

default_hooks = dict(checkpoint=dict(interval=10_000, save_best=None))
val_evaluator = None
