"""The recognizer of PP-OCRv6 tiny, in the merged form of the published weights: 6,905 characters, no attention."""

_base_ = 'svtr_ppocr.py'

dictionary = dict(type='Dictionary', dict_file='{{ fileDirname }}/../dicts/ppocrv6_tiny.txt', with_padding=True)

model = dict(
    backbone=dict(type='PPLCNetV4', arch='tiny', recognition=True, merged=True),
    encoder=dict(type='PPOCRv6TinyEncoder'),
    decoder=dict(in_channels=80, dictionary=dictionary))
