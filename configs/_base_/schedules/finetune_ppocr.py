"""Fine-tuning of PP-OCR's published weights: AdamW, warm-up of 20 iterations, cosine decay.

Twice as fast with ``--amp`` where the processor has bfloat16.
"""

_base_ = 'adamw_cosine_iters.py'

max_iters = 1650
optim_wrapper = dict(optimizer=dict(lr=7e-4))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = _base_.param_scheduler
param_scheduler[0]['end'] = 20
param_scheduler[1]['begin'] = 20
param_scheduler[1]['end'] = max_iters
