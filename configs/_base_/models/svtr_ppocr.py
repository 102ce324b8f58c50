"""What PP-OCR's recognizers share: lines of 48 pixels of height, read by CTC. A step of CTC is 8 pixels wide."""

# The blank of CTC is the padding token.
dictionary = dict(type='Dictionary', dict_file='{{ fileDirname }}/../dicts/ppocrv6.txt', with_padding=True)

model = dict(
    type='SVTR',
    encoder=dict(type='PPOCRv6Encoder'),
    decoder=dict(
        type='SVTRDecoder',
        in_channels=120,
        dictionary=dictionary,
        module_loss=dict(type='CTCModuleLoss', zero_infinity=True),
        postprocessor=dict(type='CTCPostProcessor')),
    # Lines are padded on the right, to widths that go through the network together.
    data_preprocessor=dict(
        type='TextRecogDataPreprocessor', mean=[127.5] * 3, std=[127.5] * 3, bgr_to_rgb=False, pad_size_divisor=48))
