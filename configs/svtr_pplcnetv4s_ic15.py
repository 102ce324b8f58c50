"""PP-OCRv6 small's recognizer, trained further on word crops of ICDAR 2015, which `dbnetpp crop` makes.

A short training, of 600 batches of 64 crops, faster in bfloat16 (`--amp`) on CPUs with AMX.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/recog_runtime.py',
    '_base_/models/svtr_pplcnetv4s.py',
    '_base_/datasets/text_recog.py',
    '_base_/schedules/finetune_ppocr.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_rec'))
auto_scale_lr = dict(base_batch_size=64)

data_root = 'data/icdar2015'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader

max_iters = 600
optim_wrapper = dict(optimizer=dict(lr=2e-4))
train_cfg = dict(max_iters=max_iters, val_interval=200)
param_scheduler = [_base_.warm_up, dict(_base_.decay, end=max_iters)]
