"""DBNet, ResNet-50 with DCNv2, CTW1500, tested at a short side of 1024 (arXiv 1911.08947).

The official code has no settings for this data set: the score threshold is that of Total-Text.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_r50_dcnv2.py',
    '_base_/datasets/ctw1500_1024.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_60.py',
    '_base_/default_runtime.py',
]

# After the SynthText stage: --cfg-options load_from=work_dirs/dbnet_r50_dcnv2_synthtext/iter_100000.pth
model = dict(det_head=dict(postprocessor=dict(text_repr_type='poly', unclip_ratio=2.0)))  # curved text
