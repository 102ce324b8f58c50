"""DBNet, ResNet-50 with DCNv2, ICDAR 2015, tested at a short side of 1152 (arXiv 1911.08947).

Score threshold as in the official code, github.com/MhLiao/DB, README.md.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r50_dcnv2.py',
    '_base_/datasets/icdar2015_1152.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_60.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnet_r50_dcnv2_synthtext/iter_100000.pth
