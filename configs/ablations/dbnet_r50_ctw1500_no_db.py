"""Ablation: DBNet without differentiable binarization, ResNet-50, CTW1500 (arXiv 1911.08947)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnet_r50.py',
    '../_base_/datasets/ctw1500_1024.py',
    '../_base_/schedules/sgd_poly_1200e.py',
    '../_base_/evaluation/score_60.py',
    '../_base_/default_runtime.py',
]

# The probability branch alone; its loss then has the weight 1 in the official code.
model = dict(
    det_head=dict(
        with_threshold=False,
        module_loss=dict(weight_prob=1.0),
        postprocessor=dict(text_repr_type='poly', unclip_ratio=2.0)))  # curved text
