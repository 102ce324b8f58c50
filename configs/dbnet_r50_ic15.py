"""DBNet, ResNet-50, ICDAR 2015, tested at a short side of 1024: MMOCR's recipe, without a SynthText stage."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r50.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/sgd_poly_1200e_warmup.py',
    '_base_/default_runtime.py',
]

model = dict(backbone=dict(norm_eval=True))
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 1024)
tta_pipeline = [*test_pipeline[:2], _base_.tta_pipeline[2]]
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.6)]
test_evaluator = val_evaluator
