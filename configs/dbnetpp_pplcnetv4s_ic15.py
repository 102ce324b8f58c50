"""DBNet++, PP-OCRv6 small, ICDAR 2015, tested at a short side of 736: from PP-OCR's published weights on.

A short training, of 1900 batches of 8 crops of 512 pixels: about an hour on two CPU cores. One crop in eight is of a
synthetic page.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnetpp_pplcnetv4s.py',
    '_base_/datasets/icdar2015_synth_512.py',
    '_base_/schedules/finetune_ppocr_1900.py',
    '_base_/evaluation/score_60.py',
    '_base_/iters_runtime.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'))
