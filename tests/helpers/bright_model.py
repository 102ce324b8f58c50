"""A detector that takes bright for text, so that what it should find can be painted."""

from pathlib import Path

import cv2
import numpy as np
import torch
from mmocr.models.textdet.heads import BaseTextDetHead
from mmocr.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class BrightBackbone(nn.Module):
    """The image itself. Like some modules, it takes keys out of its config."""

    def __init__(self, options: dict) -> None:
        super().__init__()
        options.clear()

    def forward(self, x: Tensor) -> Tensor:
        return x


@MODELS.register_module()
class BrightHead(BaseTextDetHead):
    """Brightness times a gain, which is 0 until weights are loaded."""

    def __init__(self, postprocessor: dict) -> None:
        super().__init__(postprocessor=postprocessor)
        self.gain = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor, data_samples=None) -> Tensor:
        return self.gain * x.mean(dim=1)


CONFIG = """
model = dict(
    type='DBNet',
    backbone=dict(type='BrightBackbone', options=dict(key=1)),
    det_head=dict(
        type='BrightHead', postprocessor=dict(type='DBNetPPPostprocessor', text_repr_type='quad')),
    data_preprocessor=dict(
        type='TextDetDataPreprocessor', mean=[0, 0, 0], std=[255, 255, 255], pad_size_divisor=32))
test_pipeline = [
    dict(type='LoadImageFromFile', color_type='{color_type}'),
    dict(type='Resize', scale=(4096, 64), keep_ratio=True),
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
    dict(type='PackTextDetInputs', meta_keys=('img_path', 'ori_shape', 'img_shape', 'scale_factor', 'instances')),
]
test_dataloader = dict(dataset=dict(type='OCRDataset', pipeline=test_pipeline))
default_scope = 'mmocr'
"""


def write_model(folder: Path, color_type: str = 'color_ignore_orientation') -> tuple[Path, Path]:
    """Config and weights."""
    config, weights = folder / 'bright.py', folder / 'bright.pth'
    config.write_text(CONFIG.format(color_type=color_type))
    torch.save({'state_dict': {'det_head.gain': torch.ones(())}, 'meta': {}}, weights)
    return config, weights


def painted(x: int = 40, y: int = 40, shape: tuple[int, int] = (128, 192)) -> np.ndarray:
    """A black image with a white block of 80 x 20 pixels at an even place."""
    image = np.zeros((*shape, 3), np.uint8)
    image[y:y + 20, x:x + 80] = 255
    return image


def expected_quad(x: int = 40, y: int = 40) -> np.ndarray:
    """Where the block is found, if the image is halved: 39 x 9 from (x / 2, y / 2) on, grown by A' r' / L'."""
    distance = 39 * 9 * 1.5 / (2 * (39 + 9))
    left, top, right, bottom = x / 2 - distance, y / 2 - distance, x / 2 + 39 + distance, y / 2 + 9 + distance
    return 2 * np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def save(image: np.ndarray, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path
