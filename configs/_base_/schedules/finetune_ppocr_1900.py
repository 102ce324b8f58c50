"""Fine-tuning of PP-OCR's published weights in 1900 iterations."""

_base_ = 'finetune_ppocr.py'

max_iters = 1900
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [_base_.warm_up, dict(_base_.decay, end=max_iters)]
