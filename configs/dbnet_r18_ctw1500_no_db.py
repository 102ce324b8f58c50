"""Ablation: DBNet without differentiable binarization, ResNet-18, CTW1500 (arXiv 1911.08947)."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = 'dbnet_r18_ctw1500.py'

# The probability branch alone; its loss then has the weight 1 in the official code.
model = dict(det_head=dict(with_threshold=False, module_loss=dict(weight_prob=1.0)))
