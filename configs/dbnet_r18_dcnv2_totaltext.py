"""DBNet, ResNet-18 with DCNv2, Total-Text, tested at a short side of 800 (arXiv 1911.08947).

Score threshold as in the official code, github.com/MhLiao/DB, README.md.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r18_dcnv2.py',
    '_base_/datasets/totaltext.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_70.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnet_r18_dcnv2_synthtext/iter_100000.pth
model = dict(det_head=dict(postprocessor=dict(text_repr_type='poly', unclip_ratio=2.0)))  # curved text
