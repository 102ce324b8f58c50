"""The official schedule on SynthText: SGD, polynomial decay, 100,000 iterations at batch 16, without validation."""

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.007, momentum=0.9, weight_decay=1e-4))
train_cfg = dict(type='IterBasedTrainLoop', max_iters=100_000)
val_cfg = None
test_cfg = dict(type='TestLoop')
param_scheduler = [dict(type='PolyLR', power=0.9, eta_min=1e-7, by_epoch=False, end=100_000)]
auto_scale_lr = dict(base_batch_size=16)
