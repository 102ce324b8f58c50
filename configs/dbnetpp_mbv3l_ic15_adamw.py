"""DBNet++, MobileNetV3-Large, ICDAR 2015, by the recipe that practitioners fine-tune with.

AdamW at 1e-4 with cosine decay, the backbone frozen for ten epochs, rotation within 15 degrees, and jitter of
brightness and contrast.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_mbv3l.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/adamw_cosine_finetune.py',
    '_base_/evaluation/score_55.py',
    '_base_/default_runtime.py',
]

augment = dict(_base_.augment, **_base_.finetune_augmentation)
train_pipeline = [*_base_.load_training, augment, *_base_.make_targets]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
