"""For comparisons on a CPU core: AdamW at 3e-3 in bfloat16, linear warm-up, cosine decay, 800 iterations."""

_base_ = 'adamw_cosine_iters.py'

max_iters = 800
optim_wrapper = dict(type='BFloat16OptimWrapper', optimizer=dict(lr=3e-3))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [_base_.warm_up, dict(_base_.decay, end=max_iters)]
