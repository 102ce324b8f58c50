"""DBNet++, ResNet-50 with DCNv2, ICDAR 2015: loss and threshold as the paper writes them (arXiv 2202.10304).

The official code, which the released models come from, weights the losses otherwise and has the threshold 0.3.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_r50_dcnv2.py',
    '_base_/datasets/icdar2015_1152.py',
    '_base_/schedules/sgd_poly_1200e.py',
    '_base_/evaluation/score_60.py',
    '_base_/default_runtime.py',
]

# L = Ls + alpha Lb + beta Lt with alpha = 1 and beta = 10, and cross entropy for Lb; pixels above 0.2 are text.
model = dict(det_head=dict(module_loss=dict(weighting='paper'), postprocessor=dict(mask_thr=0.2)))
