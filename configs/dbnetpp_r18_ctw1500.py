"""DBNet++, ResNet-18, CTW1500, tested at a short side of 800.

The official code has no settings for this data set: the score threshold is that of Total-Text with DCNv2.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r18.py',
    '_base_/datasets/ctw1500.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_70.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnetpp_r18_synthtext/iter_100000.pth
model = dict(det_head=dict(postprocessor=dict(text_repr_type='poly', unclip_ratio=2.0)))  # curved text
