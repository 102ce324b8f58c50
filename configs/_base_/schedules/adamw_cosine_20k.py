"""From scratch on a GPU: AdamW in mixed precision, linear warm-up, cosine decay, 20,000 iterations."""

_base_ = 'adamw_cosine_iters.py'

max_iters = 20_000
optim_wrapper = dict(type='BFloat16OptimWrapper')
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [dict(_base_.warm_up, end=500), dict(_base_.decay, begin=500, end=max_iters)]
auto_scale_lr = dict(base_batch_size=16)
