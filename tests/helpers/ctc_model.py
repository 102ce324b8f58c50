"""A recognizer with CTC that reads each 16 columns of a crop as the brightest colour there."""

from pathlib import Path

import torch
from mmocr.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional

COLORS = 'BGR'
GAIN, BLANK = 20.0, 5.0  # what is darker than a quarter is blank


@MODELS.register_module()
class ColumnColors(nn.Module):
    """Mean colours (N, 3, 1, W / 16) of columns of crops (N, 3, 32, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, images: Tensor) -> Tensor:
        return self.gain * functional.avg_pool2d(images, (32, 16))


CONFIG = """
model = dict(
    type='SVTR',
    backbone=dict(type='ColumnColors'),
    encoder=None,
    decoder=dict(
        type='ColorDecoder', in_channels=3,
        dictionary=dict(type='Dictionary', dict_file='{symbols}', with_padding=True),
        module_loss=dict(type='CTCModuleLoss'), postprocessor=dict(type='CTCPostProcessor')),
    data_preprocessor=dict(
        type='TextRecogDataPreprocessor', mean=[0] * 3, std=[255] * 3, pad_size_divisor=32))
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RescaleToHeight', height=32, min_width=16),
    dict(type='LoadOCRAnnotations', with_text=True),
    dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'valid_ratio')),
]
test_dataloader = dict(dataset=dict(type='OCRDataset', pipeline=test_pipeline))
default_scope = 'mmocr'
"""


@MODELS.register_module()
class ColorDecoder(MODELS.get('SVTRDecoder')):
    """Takes what a backbone gives, in place of an encoder."""

    def forward_train(self, feat: Tensor | None = None, out_enc: Tensor | None = None, data_samples=None) -> Tensor:
        return super().forward_train(None, feat, data_samples)


def write_ctc_recognizer(folder: Path) -> tuple[Path, Path]:
    """Config and weights."""
    config, weights, symbols = folder / 'ctc.py', folder / 'ctc.pth', folder / 'symbols.txt'
    symbols.write_text('\n'.join(COLORS))
    config.write_text(CONFIG.format(symbols=symbols))
    scores = torch.cat([GAIN * torch.eye(3), torch.zeros(1, 3)])
    state = {'backbone.gain': torch.ones(()), 'decoder.decoder.weight': scores,
             'decoder.decoder.bias': torch.tensor([0, 0, 0, BLANK])}
    torch.save({'state_dict': state, 'meta': {}}, weights)
    return config, weights
