"""Fine-tuning of PP-OCR's published weights: AdamW, warm-up of 20 iterations, cosine decay, 1650 iterations.

Faster with ``--amp`` on processors with AMX; ``dbnetpp benchmark step`` tells.
"""

max_iters = 1650
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=7e-4, weight_decay=1e-4),
    clip_grad=dict(max_norm=5.0))
train_cfg = dict(type='IterBasedTrainLoop', max_iters=max_iters, val_interval=max_iters)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
warm_up = dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=20)
decay = dict(type='CosineAnnealingLR', eta_min=1e-6, by_epoch=False, begin=20, end=max_iters)
param_scheduler = [warm_up, decay]
auto_scale_lr = dict(base_batch_size=8)
