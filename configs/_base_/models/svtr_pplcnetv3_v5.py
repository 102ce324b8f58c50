"""The recognizer of PP-OCRv5 mobile, in the merged form of the published weights: 18,384 characters, ten of them
flags."""

_base_ = 'svtr_ppocr.py'

dictionary = dict(type='SymbolDictionary', dict_file='{{ fileDirname }}/../dicts/ppocrv5.txt', with_padding=True)

model = dict(
    backbone=dict(type='PPLCNetV3', scale=0.95, recognition=True, merged=True),
    encoder=dict(type='PPOCRv4Encoder'),
    decoder=dict(dictionary=dictionary))
