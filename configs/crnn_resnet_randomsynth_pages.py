"""The last stage of the recognizer that comes with the package: words as its detector cuts them out of synthetic pages,
and words drawn by themselves. The moving average of the weights is what is saved: it reads best, without a decay of the
learning rate. docs/model_zoo.md has the commands that make the pages and cut out the words."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = ['crnn_resnet_randomsynth.py']

model = dict(init_cfg=dict(type='Pretrained', checkpoint='work_dirs/crnn_resnet_randomsynth/iter_12000.pth'))

cut_out = dict(
    type='OCRDataset',
    ann_file='textrecog_train.json',
    pipeline=[dict(type='LoadImageFromFile', color_type='color'), *_base_.train_pipeline])
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        verify_meta=False,  # the types of data sets have different names
        datasets=[
            dict(type='RandomSynthWords', length=40_000, seed=2, pipeline=_base_.train_pipeline),
            *[dict(data_root=f'data/pages_{seed}', **cut_out) for seed in (1, 2, 3, 4)],
        ]))

max_iters = 6000
optim_wrapper = dict(optimizer=dict(lr=1e-3))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100)]
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='EMAHook', momentum=5e-4, update_buffers=True, priority='ABOVE_NORMAL'),
]
