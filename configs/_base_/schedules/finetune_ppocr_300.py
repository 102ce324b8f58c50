"""Fine-tuning of PP-OCR's published weights in 300 iterations, at a low learning rate."""

_base_ = 'finetune_ppocr.py'

max_iters = 300
optim_wrapper = dict(optimizer=dict(lr=3e-4))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [_base_.warm_up, dict(_base_.decay, end=max_iters)]
