"""DBNet, PP-OCRv6 small, your own photographs, tested at a short side of 736: from PP-OCR's published weights on.

A short training, of 1650 batches of 8 crops of 512 pixels: about an hour on two CPU cores.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_pplcnetv4s.py',
    '_base_/datasets/photographs.py',
    '_base_/schedules/finetune_ppocr.py',
    '_base_/evaluation/score_60.py',
    '_base_/iters_runtime.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'))
