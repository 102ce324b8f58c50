"""A small CTC recognizer of MMOCR's modules for Latin letters, digits and punctuation, from scratch on synthetic words.
No recurrent layers: a word takes a millisecond on a CPU."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/datasets/text_recog.py',
    '../_base_/schedules/adamw_cosine_iters.py',
    '../_base_/iters_runtime.py',
]

dictionary = dict(
    type='Dictionary', dict_file='{{ fileDirname }}/../_base_/dicts/printable_ascii.txt', with_padding=True)

# 32 pixels of height become one, four of width become a step of CTC.
model = dict(
    type='CRNN',
    backbone=dict(
        type='ResNet',
        in_channels=3,
        stem_channels=[16],
        block_cfgs=dict(type='BasicBlock'),
        arch_layers=[1, 2, 2, 2, 1],
        arch_channels=[32, 64, 96, 160, 256],
        strides=[(2, 2), (2, 2), (2, 1), (2, 1), (2, 1)]),
    encoder=None,
    decoder=dict(
        type='CRNNDecoder',
        in_channels=256,
        rnn_flag=False,
        dictionary=dictionary,
        module_loss=dict(type='CTCModuleLoss', zero_infinity=True),
        postprocessor=dict(type='CTCPostProcessor')),
    data_preprocessor=dict(type='TextRecogDataPreprocessor', mean=[127.5] * 3, std=[127.5] * 3))

train_pipeline = [
    dict(type='LoadOCRAnnotations', with_text=True),
    dict(type='RescaleToHeight', height=32, min_width=16, max_width=160),
    dict(type='PadToWidth', width=160),
    dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'valid_ratio')),
]
test_pipeline = [
    dict(type='LoadImageFromFile', color_type='color'),
    dict(type='RescaleToHeight', height=32, min_width=32, width_divisor=16),
    dict(type='LoadOCRAnnotations', with_text=True),
    dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'valid_ratio')),
]

train_dataloader = dict(
    dataset=dict(_delete_=True, type='RandomSynthWords', length=5_000_000, pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(_delete_=True, type='RandomSynthWords', split='test', length=2000, test_mode=True,
                 pipeline=test_pipeline[1:]))
# Words cut out of the pages that `dbnetpp synth --out data/synth` makes, by
# `dbnetpp crop --ann data/synth/textdet_test.json --root data/synth --out data/synth`.
test_dataloader = dict(dataset=dict(data_root='data/synth', pipeline=test_pipeline))

auto_scale_lr = dict(base_batch_size=64)

val_evaluator = [dict(type='WordMetric', mode=['exact', 'ignore_case']), dict(type='CharMetric')]
test_evaluator = val_evaluator
visualizer = dict(type='TextRecogLocalVisualizer')

max_iters = 12000
optim_wrapper = dict(type='BFloat16OptimWrapper', optimizer=dict(lr=2e-3))
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
param_scheduler = [dict(_base_.warm_up, end=300), dict(_base_.decay, begin=300, end=max_iters)]
default_hooks = dict(
    logger=dict(interval=50),
    checkpoint=dict(_delete_=True, type='CheckpointHook', by_epoch=False, interval=500, max_keep_ckpts=2))
