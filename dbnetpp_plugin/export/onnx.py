"""Writing a network as an ONNX file, with its settings, and comparing the file with the network."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.model import ImgDataPreprocessor
from torch import Tensor, nn

from dbnetpp_plugin.deploy.onnx_network import OnnxNetwork
from dbnetpp_plugin.deploy.packages import require
from dbnetpp_plugin.deploy.settings import INPUT, KEY, DetectorSettings, RecognizerSettings, to_text
from dbnetpp_plugin.files import atomic_write
from dbnetpp_plugin.models.layers.torchvision_dcn import TorchvisionDCNv2

from .float16 import in_float16

OPSET = 18
# Of probabilities. Half precision has eleven bits, of which the layers of a network lose some.
_TOLERANCE, _TOLERANCE_FLOAT16 = 1e-3, 0.05


class Shapes(NamedTuple):
    """Of the images that an exported network takes."""

    example: tuple[int, ...]
    """(N, C, H, W) of the export."""
    trial: tuple[int, ...]
    """Of the comparison: another size, where the network takes any."""
    dynamic: dict[int, Any]
    """Axis -> size that it may have, as ``torch.export`` takes it."""


def export_onnx(network: nn.Module, preprocessor: ImgDataPreprocessor,
                settings: DetectorSettings | RecognizerSettings, shapes: Shapes, out: Path,
                float16: bool = False) -> None:
    """Write a network as an ONNX file, run it, and compare it with the network.

    The graph takes ``images``, float32 (N, C, H, W), BGR or grey, 0 to 255. Normalisation is part of it. Deformable
    convolutions become ordinary operators.

    Args:
        network: On the CPU, in evaluation mode, from normalised images to probabilities of three axes.
        preprocessor: How images are normalised.
        settings: Kept in the file's metadata, see :mod:`dbnetpp_plugin.deploy.settings`.
        shapes: Of the images.
        out: The file; one that is there is replaced if all goes well.
        float16: Whether weights are kept, and layers computed, in half precision. Input and output stay float32.

    Raises:
        ImportError: If onnx, onnxscript or onnxruntime is missing.
        ValueError: If what the file gives differs from what the network gives, or half precision is asked of
            deformable convolutions.
    """
    require('onnx', 'onnxscript', 'onnxruntime')
    if float16 and any(isinstance(layer, TorchvisionDCNv2) for layer in network.modules()):
        raise ValueError('half precision cannot hold the coordinates of deformable convolutions in large images: '
                         'export this model in float32')
    module = _FromBytes(network, preprocessor).eval()
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(out) as temporary:
        _write(module, settings, shapes, temporary, float16)
        exported: OnnxNetwork = OnnxNetwork(temporary, type(settings), 'cpu')  # type: ignore[type-var]
        _compare(module, exported, shapes.trial, _TOLERANCE_FLOAT16 if float16 else _TOLERANCE)


def colours(preprocessor: ImgDataPreprocessor, channels: int = 3) -> tuple[list[float], list[float]]:
    """Mean and standard deviation by which images are normalised, in the order of the channels of a file: BGR."""
    module = _FromBytes(nn.Identity(), preprocessor)
    mean, std = (getattr(module, name).flatten().expand(channels).tolist() for name in ('mean', 'std'))
    return mean, std


def padding_of(preprocessor: ImgDataPreprocessor, channels: int = 3) -> tuple[float, ...]:
    """Colour of what a data preprocessor pads with, BGR, from 0 to 255."""
    mean, std = colours(preprocessor, channels)
    return tuple(m + s * preprocessor.pad_value for m, s in zip(mean, std, strict=True))


class _FromBytes(nn.Module):
    """What a network gives for images as they are stored, BGR from 0 to 255."""

    mean: Tensor  # BGR too, as std
    std: Tensor

    def __init__(self, network: nn.Module, preprocessor: ImgDataPreprocessor) -> None:
        super().__init__()
        self.network = network
        self.rgb = preprocessor._channel_conversion
        for name, default in (('mean', torch.zeros(1, 1, 1)), ('std', torch.ones(1, 1, 1))):
            values = getattr(preprocessor, name, default)
            self.register_buffer(name, (values.flip(0) if self.rgb else values).float())

    def forward(self, images: Tensor) -> Tensor:
        normalised = (images - self.mean) / self.std
        return self.network(normalised.flip(1) if self.rgb else normalised)


def _write(module: nn.Module, settings: DetectorSettings | RecognizerSettings, shapes: Shapes, out: Path,
           float16: bool) -> None:
    # The exporter speaks of itself by all three ways.
    with _quiet('torch.onnx'), warnings.catch_warnings(), redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter('ignore')
        program: Any = torch.onnx.export(
            module, (torch.zeros(shapes.example),), input_names=[INPUT], output_names=[settings.OUTPUT],
            opset_version=OPSET, dynamo=True, dynamic_shapes={'images': shapes.dynamic}, verbose=False)
    if not float16:
        program.model.metadata_props[KEY] = to_text(settings)
        program.save(out)
        return
    import onnx

    model = in_float16(program.model_proto)
    onnx.helper.set_model_props(model, {KEY: to_text(settings)})
    onnx.save(model, out)


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


def _compare(module: nn.Module, exported: OnnxNetwork, shape: tuple[int, ...], tolerance: float) -> None:
    images = torch.rand(shape, generator=torch.Generator().manual_seed(0)) * 255
    with torch.inference_mode():
        difference = float(np.abs(module(images).numpy() - exported(images.numpy())).max())
    if not difference < tolerance:
        raise ValueError(f'the exported network differs from the model by {difference:.2g} on a picture of noise')
