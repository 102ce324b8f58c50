"""DBNet, ResNet-18, ICDAR 2015, tested at a short side of 736.

Score threshold as for the backbone with DCNv2 in the official code, github.com/MhLiao/DB, README.md.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r18.py',
    '_base_/datasets/icdar2015.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_55.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnet_r18_synthtext/iter_100000.pth
