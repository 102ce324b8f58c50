"""DBNet, ResNet-50 with DCNv2, ICDAR 2017 MLT, tested at a short side of 1024 (arXiv 1911.08947).

The official code has no settings for this data set: the score threshold is that of ICDAR 2015.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r50_dcnv2.py',
    '_base_/datasets/icdar2017_mlt.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnet_r50_dcnv2_synthtext/iter_100000.pth
val_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.6)]
test_evaluator = val_evaluator
tta_pipeline = [*_base_.test_pipeline[:2], _base_.tta_pipeline[2]]
