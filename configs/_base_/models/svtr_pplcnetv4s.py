"""The recognizer of PP-OCRv6 small, in the merged form of the published weights: 18,709 characters."""

_base_ = 'svtr_ppocr.py'

model = dict(backbone=dict(type='PPLCNetV4', arch='small', recognition=True, merged=True))
