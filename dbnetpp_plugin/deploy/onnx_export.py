"""Writing a detector as an ONNX file."""

import io
import logging
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmocr.models.textdet.data_preprocessors import TextDetDataPreprocessor
from torch import Tensor, nn

from dbnetpp_plugin.files import whole_file

from .onnx_model import OnnxModel
from .packages import require
from .settings import KEY, STRIDE, to_text

OPSET = 18
_TOLERANCE = 1e-3  # of probabilities
_TRIAL = (2, 3, 3 * STRIDE, 5 * STRIDE)  # another size than that of the export


def export_onnx(to_maps: nn.Module, preprocessor: TextDetDataPreprocessor, config: Config, out: Path) -> None:
    """Write a detector as an ONNX file, run it, and compare it with the model.

    The graph takes ``images``, float32 (N, 3, H, W), BGR, 0 to 255, of any N and any H and W that are multiples of 32,
    and gives ``maps``, float32 (N, H, W), the probability of text. Normalisation is part of it. How images are resized
    and how text is found in the maps is kept in the file's metadata, for :class:`.onnx_model.OnnxModel`. Deformable
    convolutions become ordinary operators.

    Args:
        to_maps: The network on the CPU, in evaluation mode, from normalised images to maps (N, H, W).
        preprocessor: How images are normalised.
        config: Of the detector.
        out: The file; one that is there is replaced if all goes well.

    Raises:
        ImportError: If onnx, onnxscript or onnxruntime is missing.
        ValueError: If the settings cannot be kept in a file, or what the file gives differs from what the model gives.
    """
    require('onnx', 'onnxscript', 'onnxruntime')
    module = _FromBytes(to_maps, preprocessor).eval()
    padding = module.mean + module.std * preprocessor.pad_value
    settings = to_text(config, padding.flatten().tolist())
    with whole_file(out) as temporary:
        _write(module, settings, temporary)
        _compare(module, OnnxModel(temporary))


class _FromBytes(nn.Module):
    """Maps of images as they are stored, BGR from 0 to 255."""

    mean: Tensor  # BGR too, as std
    std: Tensor

    def __init__(self, to_maps: nn.Module, preprocessor: TextDetDataPreprocessor) -> None:
        super().__init__()
        self.to_maps = to_maps
        self.rgb = preprocessor._channel_conversion
        for name, default in (('mean', torch.zeros(3, 1, 1)), ('std', torch.ones(3, 1, 1))):
            values = getattr(preprocessor, name, default)
            self.register_buffer(name, (values.flip(0) if self.rgb else values).float())

    def forward(self, images: Tensor) -> Tensor:
        normalised = (images - self.mean) / self.std
        return self.to_maps(normalised.flip(1) if self.rgb else normalised)


def _write(module: nn.Module, settings: str, out: Path) -> None:
    batch, height, width = (torch.export.Dim(name) for name in ('batch', 'rows', 'columns'))
    shapes = {'images': {0: batch, 2: STRIDE * height, 3: STRIDE * width}}
    example = torch.zeros(2, 3, 2 * STRIDE, 4 * STRIDE)
    # The exporter speaks of itself by all three ways.
    logging.getLogger('torch.onnx').setLevel(logging.ERROR)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter('ignore')
        program: Any = torch.onnx.export(
            module, (example,), input_names=['images'], output_names=['maps'], opset_version=OPSET, dynamo=True,
            dynamic_shapes=shapes, verbose=False)
    program.model.metadata_props[KEY] = settings
    program.save(out)


def _compare(module: nn.Module, exported: OnnxModel) -> None:
    images = torch.rand(_TRIAL, generator=torch.Generator().manual_seed(0)) * 255
    with torch.inference_mode():
        difference = float((module(images) - exported(images)).abs().max())
    if not difference < _TOLERANCE:
        raise ValueError(f'the exported network differs from the model by {difference:.2g} on a picture of noise')
