"""PP-OCRv6 small as PP-OCR published it, ready to detect at a short side of 736: weights `ppocr://PP-OCRv6_small_det`."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_pplcnetv4s.py',
    '_base_/datasets/photographs.py',
    '_base_/schedules/finetune_ppocr.py',
    '_base_/evaluation/score_50.py',
    '_base_/iters_runtime.py',
]

# Its kernels are less shrunk than those of the papers, so that outlines are grown by less. Both numbers were chosen on
# the training images of MSRA-TD500 and ICDAR 2015.
model = dict(
    init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'),
    det_head=dict(postprocessor=dict(min_text_score=0.8, unclip_ratio=1.2)))
