"""Fine-tuning on a CPU: AdamW in bfloat16, linear warm-up, cosine decay, 2600 iterations."""

_base_ = 'adamw_cosine_iters.py'

max_iters = 2600
optim_wrapper = dict(type='BFloat16OptimWrapper')
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = _base_.param_scheduler
param_scheduler[1]['end'] = max_iters
