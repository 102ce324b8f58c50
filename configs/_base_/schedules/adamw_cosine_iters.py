"""A short schedule for training from scratch: AdamW, linear warm-up, cosine decay, counted in iterations."""

max_iters = 1500
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-3, weight_decay=1e-4),
    clip_grad=dict(max_norm=5.0))
train_cfg = dict(type='IterBasedTrainLoop', max_iters=max_iters, val_interval=max_iters)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
warm_up = dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=50)
decay = dict(type='CosineAnnealingLR', eta_min=1e-6, by_epoch=False, begin=50, end=max_iters)
param_scheduler = [warm_up, decay]
auto_scale_lr = dict(base_batch_size=8)
