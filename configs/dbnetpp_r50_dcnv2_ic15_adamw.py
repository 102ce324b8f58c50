"""DBNet++, ResNet-50 with DCNv2, ICDAR 2015, by the recipe that practitioners fine-tune with.

AdamW at 1e-4 with cosine decay, the backbone frozen for ten epochs, rotation within 15 degrees, and jitter of
brightness and contrast.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r50_dcnv2.py',
    '_base_/datasets/icdar2015_1152.py',
    '_base_/schedules/adamw_cosine_finetune.py',
    '_base_/evaluation/score_60.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnetpp_r50_dcnv2_synthtext/iter_100000.pth
augment = dict(_base_.augment, **_base_.finetune_augmentation)
train_pipeline = [*_base_.load_training, augment, *_base_.make_targets]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
