"""PP-OCRv4 mobile as PP-OCR published it, ready to detect at a short side of 736: weights `ppocr://PP-OCRv4_mobile_det`."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_pplcnetv3.py',
    '_base_/datasets/photographs.py',
    '_base_/schedules/finetune_ppocr.py',
    '_base_/evaluation/score_50.py',
    '_base_/iters_runtime.py',
]

model = dict(
    init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv4_mobile_det'),
    det_head=dict(postprocessor=dict(min_text_score=0.6)))
