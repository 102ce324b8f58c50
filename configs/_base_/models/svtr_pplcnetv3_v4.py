"""The recognizer of PP-OCRv4 mobile, in the merged form of the published weights: 6,624 characters."""

_base_ = 'svtr_ppocr.py'

dictionary = dict(type='Dictionary', dict_file='{{ fileDirname }}/../dicts/ppocrv4.txt', with_padding=True)

model = dict(
    backbone=dict(type='PPLCNetV3', scale=0.95, recognition=True, merged=True),
    encoder=dict(type='PPOCRv4Encoder'),
    decoder=dict(dictionary=dictionary))
