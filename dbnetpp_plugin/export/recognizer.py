"""A recognizer with CTC, from config and weights to a file that other runtimes take."""

from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from torch import Tensor, nn

from dbnetpp_plugin.config import load_config
from dbnetpp_plugin.deploy.settings import RecognizerSettings
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.pretrained import RECOGNIZER, or_pretrained
from dbnetpp_plugin.inference.recognition import has_ctc

from .model_card import card_beside, recognizer_card
from .onnx import Shapes, colours, export_onnx, padding_of
from .origin import Origin, origin_of
from .pipeline import loading_and_resizing
from .target import checked_name

Size = tuple[int, int]


def export_recognizer(out: str | Path, config: str | Path | Config | None = None, weights: str | Path | None = None, *,
                      size: Size | None = None, float16: bool = False) -> None:
    """Write a recognizer with CTC as an ONNX file, see :func:`.onnx.export_onnx`, and a model card beside it.

    The graph gives ``probabilities``, float32 (N, T, K), of K classes in each of T columns, for any N and any W that is
    a multiple of the divisor by which its data preprocessor pads. The symbols of the classes are kept in the file.

    Args:
        out: The file, ``.onnx``. The card has the same name, and ends in ``.md``.
        config: Path of a config, or the config. Without, the recognizer that comes with the package is taken.
        weights: Path or address of its checkpoint.
        size: Height and width of the only crops that the file is to take; the height is that of the config. Wider ones
            are then squeezed into it.
        float16: Whether weights are kept, and layers computed, in half precision.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ImportError: If onnx, onnxscript or onnxruntime is missing.
        ValueError: If the name of the file does not end in ``.onnx``, the weights do not fit the model, the model has
            no CTC, its pipeline cannot be kept in a file, the size is none that it can have, or what the file gives
            differs from what the model gives.
    """
    out = checked_name(out)
    config, weights = or_pretrained(RECOGNIZER, config, weights)
    config = load_config(config)
    model = build_model(config, weights, 'cpu')
    if not has_ctc(model):
        raise ValueError(f'{type(model).__name__} has no CTC, and only recognizers with CTC are exported')
    settings = _settings(model, config, origin_of(weights), size)
    channels = len(settings.padding)
    export_onnx(_ToProbabilities(model).eval(), model.data_preprocessor, settings, _shapes(settings, channels), out,
                float16)
    card_beside(out, recognizer_card(out.name, settings, colours(model.data_preprocessor, channels), float16))


class _ToProbabilities(nn.Module):
    """From normalised crops (N, C, H, W) to probabilities (N, T, K)."""

    def __init__(self, model: BaseModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        features = self.model.extract_feat(images)
        encoded = self.model.encoder(features, None) if self.model.with_encoder else None
        return self.model.decoder(features, encoded, None)


def _settings(model: BaseModel, config: Config, origin: Origin, size: Size | None) -> RecognizerSettings:
    loading, resizing = loading_and_resizing(config, 'RescaleToHeight')
    preprocessor, decoder = model.data_preprocessor, model.decoder
    if decoder.postprocessor.ignore_indexes != [decoder.dictionary.padding_idx]:
        raise ValueError('a file can keep a CTCPostProcessor that ignores the blank alone, which is the padding of the '
                         'dictionary')
    height, divisor, most = resizing['height'], preprocessor.pad_size_divisor, resizing.get('max_width')
    width_divisor = resizing.get('width_divisor', 1)
    if size is not None:
        if size[0] != -(-height // divisor) * divisor or size[1] < 1 or size[1] % divisor or size[1] % width_divisor:
            raise ValueError(f'the size of this recognizer is a height of {-(-height // divisor) * divisor} and a '
                             f'width that {max(divisor, width_divisor)} divides, got {size[0]} x {size[1]}')
        most = min(most or size[1], size[1])
    channels = 1 if loading.grey else 3
    return RecognizerSettings(
        height=height, min_width=resizing.get('min_width'), max_width=most, width_divisor=width_divisor, size=size,
        divisor=divisor, grey=loading.grey, to_float32=loading.to_float32,
        padding=padding_of(preprocessor, channels), symbols=tuple(decoder.dictionary.dict),
        blank=decoder.dictionary.padding_idx, origin=origin.text, licence=origin.licence)


def _shapes(settings: RecognizerSettings, channels: int) -> Shapes:
    batch: Any = torch.export.Dim('batch')
    if settings.size is not None:
        return Shapes((2, channels, *settings.size), (1, channels, *settings.size), {0: batch})
    step = _step(settings)
    height = -(-settings.height // settings.divisor) * settings.divisor
    # With one column, axes would be confused with those that are 1.
    return Shapes((2, channels, height, 4 * step), (3, channels, height, 7 * step),
                  {0: batch, 3: step * torch.export.Dim('columns')})


def _step(settings: RecognizerSettings) -> int:
    """Of which widths of crops are multiples, in pixels."""
    return max(settings.divisor, settings.width_divisor)
