"""DBNet, PP-OCRv6 small, MSRA-TD500, tested at a short side of 736: from PP-OCR's published weights on.

A short training, of 520 batches of 8 crops of 512 pixels: about 20 minutes on two CPU cores with bfloat16 (`--amp`).
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_pplcnetv4s.py',
    '_base_/datasets/msra_td500_512.py',
    '_base_/schedules/finetune_ppocr_520.py',
    '_base_/evaluation/score_60.py',
    '_base_/iters_runtime.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'))
