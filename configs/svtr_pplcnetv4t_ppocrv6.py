"""The recognizer of PP-OCRv6 tiny as PP-OCR published it, ready to read lines of text: weights `ppocr://PP-OCRv6_tiny_rec`."""

custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)
_base_ = [
    '_base_/recog_runtime.py',
    '_base_/models/svtr_pplcnetv4t.py',
    '_base_/datasets/text_recog.py',
    '_base_/schedules/finetune_ppocr.py',
]

model = dict(init_cfg=dict(type='Pretrained', checkpoint='ppocr://PP-OCRv6_tiny_rec'))
auto_scale_lr = dict(base_batch_size=64)
