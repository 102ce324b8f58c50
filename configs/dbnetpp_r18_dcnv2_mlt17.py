"""DBNet++, ResNet-18 with DCNv2, ICDAR 2017 MLT, tested at a short side of 1024 (arXiv 2202.10304).

The official code has no settings for this data set: the score threshold is that of ICDAR 2015.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r18_dcnv2.py',
    '_base_/datasets/icdar2017_mlt.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_55.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnetpp_r18_dcnv2_synthtext/iter_100000.pth
