"""Writing a detector as an ONNX file."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmocr.models.textdet.data_preprocessors import TextDetDataPreprocessor
from torch import Tensor, nn

from dbnetpp_plugin.config import scope_of, test_pipeline
from dbnetpp_plugin.deploy import OnnxNetwork
from dbnetpp_plugin.deploy.packages import require
from dbnetpp_plugin.deploy.settings import KEY, STRIDE, Settings, to_text
from dbnetpp_plugin.files import atomic_write

OPSET = 18
_TOLERANCE = 1e-3  # of probabilities
_TRIAL = (2, 3, 3 * STRIDE, 5 * STRIDE)  # another size than that of the export


def export_onnx(to_maps: nn.Module, preprocessor: TextDetDataPreprocessor, config: Config, out: Path) -> None:
    """Write a detector as an ONNX file, run it, and compare it with the model.

    The graph takes ``images``, float32 (N, 3, H, W), BGR, 0 to 255, of any N and any H and W that are multiples of 32,
    and gives ``maps``, float32 (N, H, W), the probability of text. Normalisation is part of it. How images are resized
    and how text is found in the maps is kept in the file's metadata, see :mod:`dbnetpp_plugin.deploy.settings`.
    Deformable convolutions become ordinary operators.

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
    settings = to_text(Settings(
        default_scope=scope_of(config), test_pipeline=_plain(test_pipeline(config)),
        postprocessor=_plain(config.model.det_head.postprocessor), padding=padding.flatten().tolist()))
    with atomic_write(out) as temporary:
        _write(module, settings, temporary)
        _compare(module, OnnxNetwork(temporary))


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
    with _quiet('torch.onnx'), warnings.catch_warnings(), redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter('ignore')
        program: Any = torch.onnx.export(
            module, (example,), input_names=['images'], output_names=['maps'], opset_version=OPSET, dynamo=True,
            dynamic_shapes=shapes, verbose=False)
    program.model.metadata_props[KEY] = settings
    program.save(out)


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Context in which a logger tells of errors alone."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _plain(value: Any) -> Any:
    """Dicts and lists in place of mmengine's."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item) for item in value)
    return value


def _compare(module: nn.Module, exported: OnnxNetwork) -> None:
    images = torch.rand(_TRIAL, generator=torch.Generator().manual_seed(0)) * 255
    with torch.inference_mode():
        difference = float(np.abs(module(images).numpy() - exported(images.numpy())).max())
    if not difference < _TOLERANCE:
        raise ValueError(f'the exported network differs from the model by {difference:.2g} on a picture of noise')
