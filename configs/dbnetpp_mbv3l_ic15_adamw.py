"""DBNet++, MobileNetV3-Large, ICDAR 2015, by the recipe that practitioners fine-tune with.

AdamW at 1e-4 with cosine decay, the backbone frozen for ten epochs, rotation within 15 degrees, and jitter of
brightness and contrast.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_mbv3l.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/adamw_cosine_finetune.py',
    '_base_/default_runtime.py',
]

train_pipeline = _base_.train_pipeline
train_pipeline[2].update(_base_.finetune_augmentation)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.55)]
test_evaluator = val_evaluator
