"""DBNet++, ResNet-50 with DCNv2, ICDAR 2015, tested at a short side of 1152 (arXiv 2202.10304).

Score threshold as in the official code, github.com/MhLiao/DB, README.md.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r50_dcnv2.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnetpp_r50_dcnv2_synthtext/iter_100000.pth
test_pipeline = _base_.test_pipeline
test_pipeline[1]['scale'] = (4096, 1152)
tta_pipeline = [*test_pipeline[:2], _base_.tta_pipeline[2]]
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.6)]
test_evaluator = val_evaluator
