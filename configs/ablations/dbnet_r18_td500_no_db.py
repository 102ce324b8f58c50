"""Ablation: DBNet without differentiable binarization, ResNet-18, MSRA-TD500 (arXiv 1911.08947)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '../_base_/models/dbnet_r18.py',
    '../_base_/datasets/msra_td500_tr400.py',
    '../_base_/schedules/sgd_poly_1200e.py',
    '../_base_/evaluation/score_50.py',
    '../_base_/default_runtime.py',
]

# The probability branch alone; its loss then has the weight 1 in the official code.
model = dict(det_head=dict(with_threshold=False, module_loss=dict(weight_prob=1.0)))
