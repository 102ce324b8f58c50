"""DBNet, MobileNetV3-Large, Total-Text, tested at a short side of 800."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_mbv3l.py',
    '_base_/datasets/totaltext.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_70.py',
    '_base_/default_runtime.py',
]

model = dict(det_head=dict(postprocessor=dict(text_repr_type='poly', unclip_ratio=2.0)))  # curved text
