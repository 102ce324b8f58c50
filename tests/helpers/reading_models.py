"""A recognizer that can be told from another by what it reads: the brightest colour of a crop, and how wide it is."""

from pathlib import Path

import torch
from mmengine.structures import LabelData
from mmocr.models.textrecog.recognizers import BaseRecognizer
from mmocr.registry import MODELS
from torch import Tensor, nn

COLORS = 'BGR'


@MODELS.register_module()
class ColorReader(BaseRecognizer):
    """Reads one letter for each sixteenth of the crop: the colour it has there; the score is how bright it is.

    Every batch is written down in ``batches``, as its shape.
    """

    def __init__(self, data_preprocessor: dict) -> None:
        super().__init__(data_preprocessor=data_preprocessor)
        self.gain = nn.Parameter(torch.ones(()))
        self.batches: list[tuple[int, ...]] = []

    def predict(self, inputs: Tensor, data_samples: list, **kwargs) -> list:
        self.batches.append(tuple(inputs.shape))
        for image, sample in zip(inputs, data_samples, strict=True):
            columns = image.shape[-1] // 16
            means = image.reshape(len(image), image.shape[1], columns, -1).mean(dim=(1, 3))  # (colours, columns)
            bright = self.gain * means.amax(dim=0) / 255
            text = [COLORS[i] for i, value in zip(means.argmax(dim=0).tolist(), bright, strict=True) if value > 0.1]
            sample.pred_text = LabelData(item=''.join(text), score=bright[bright > 0.1].tolist())
        return data_samples

    def extract_feat(self, inputs, data_samples=None):
        raise NotImplementedError

    encode_decode = loss = _forward = extract_feat


CONFIG = """
model = dict(type='ColorReader', data_preprocessor=dict(type='TextRecogDataPreprocessor', mean=[0], std=[1]))
test_pipeline = [
    dict(type='LoadImageFromFile'{loading}),
    dict(type='RescaleToHeight', height=32, min_width=32, max_width=None, width_divisor=16),
    dict(type='LoadOCRAnnotations', with_text=True),
    dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'valid_ratio')),
]
test_dataloader = dict(dataset=dict(type='OCRDataset', pipeline=test_pipeline))
default_scope = 'mmocr'
"""


def write_recognizer(folder: Path, loading: str = '') -> tuple[Path, Path]:
    """Config and weights."""
    config, weights = folder / 'colors.py', folder / 'colors.pth'
    config.write_text(CONFIG.format(loading=loading))
    torch.save({'state_dict': {'gain': torch.ones(())}, 'meta': {}}, weights)
    return config, weights
