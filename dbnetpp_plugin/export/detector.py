"""A detector, from config and weights to a file that other runtimes take."""

from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from torch import nn

from dbnetpp_plugin.config import load_config
from dbnetpp_plugin.deploy.settings import STRIDE, DetectorSettings
from dbnetpp_plugin.inference.map_network import fused_to_maps
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.pretrained import DETECTOR, or_pretrained
from dbnetpp_plugin.models.postprocessors.db_postprocessor import DBNetPPPostprocessor

from .model_card import card_beside, detector_card
from .onnx import Shapes, colours, export_onnx, padding_of
from .origin import Origin, origin_of
from .pipeline import loading_and_resizing
from .target import checked_name

Size = tuple[int, int]


def export_detector(out: str | Path, config: str | Path | Config | None = None, weights: str | Path | None = None, *,
                    size: Size | None = None, float16: bool = False) -> None:
    """Write a detector as an ONNX file, see :func:`.onnx.export_onnx`, and a model card beside it.

    The graph gives ``maps``, float32 (N, H, W), the probability of text, for any N and any H and W that are multiples
    of 32. How images are resized and how text is found in the maps is kept in the file, too.

    Args:
        out: The file, ``.onnx``. The card has the same name, and ends in ``.md``.
        config: Path of a config, or the config. Without, the detector that comes with the package is taken.
        weights: Path or address of its checkpoint.
        size: Height and width of the only images that the file is to take, multiples of 32; smaller and larger ones are
            then fitted into it.
        float16: Whether weights are kept, and layers computed, in half precision.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ImportError: If onnx, onnxscript or onnxruntime is missing.
        ValueError: If the name of the file does not end in ``.onnx``, the weights do not fit the model, the model gives
            no map, its pipeline or its postprocessor cannot be kept in a file, the size is none that it can have, or
            what the file gives differs from what the model gives.
    """
    out = checked_name(out)
    if size is not None and (min(size) < 1 or size[0] % STRIDE or size[1] % STRIDE):
        raise ValueError(f'the size of a detector is two multiples of {STRIDE}, got {size[0]} x {size[1]}')
    config, weights = or_pretrained(DETECTOR, config, weights)
    config = load_config(config)
    model = build_model(config, weights, 'cpu')
    to_maps = fused_to_maps(model)
    if to_maps is None:
        raise ValueError(f'{type(model).__name__} gives no map that text is found in')
    write_detector(out, to_maps, model, config, origin_of(weights), size, float16)


def write_detector(out: Path, to_maps: nn.Module, model: BaseModel, config: Config, origin: Origin,
                   size: Size | None = None, float16: bool = False) -> None:
    """Write the maps of a model, with the settings of its config.

    Args:
        out: The file.
        to_maps: From normalised images to maps.
        model: In evaluation mode, for its data preprocessor and postprocessor.
        config: With the test pipeline.
        origin: Of the weights.
        size: As of :func:`export_detector`.
        float16: As there.

    Raises:
        ImportError, ValueError: As :func:`export_detector`.
    """
    settings = _settings(model, config, origin, size)
    export_onnx(to_maps, model.data_preprocessor, settings, _shapes(size), out, float16)
    card_beside(out, detector_card(out.name, settings, colours(model.data_preprocessor), float16))


def _settings(model: BaseModel, config: Config, origin: Origin, size: Size | None) -> DetectorSettings:
    loading, resizing = loading_and_resizing(config, 'Resize')
    scale = resizing.get('scale')
    if scale is None:
        raise ValueError('a file can keep a test pipeline whose Resize has a scale, and this one has none')
    return DetectorSettings(
        scale=(scale, scale) if isinstance(scale, int) else tuple(scale), keep_ratio=resizing.get('keep_ratio', False),
        size=size, upright=loading.upright, to_float32=loading.to_float32,
        padding=padding_of(model.data_preprocessor), postprocessor=_postprocessor(model.det_head.postprocessor),
        origin=origin.text, licence=origin.licence)


def _postprocessor(postprocessor: Any) -> dict[str, Any]:
    if not isinstance(postprocessor, DBNetPPPostprocessor):
        raise ValueError(f'a file can keep a DBNetPPPostprocessor, and this model has {type(postprocessor).__name__}: '
                         'DBNetPPPostprocessor takes the arguments of DBPostprocessor')
    if not postprocessor.rescale_fields:
        raise ValueError('the postprocessor gives pixels of the map (rescale_fields=None), and a file pixels of the '
                         'image')
    return {'text_repr_type': postprocessor.text_repr_type, **postprocessor.settings, **(postprocessor.test_cfg or {})}


def _shapes(size: Size | None) -> Shapes:
    batch = torch.export.Dim('batch')
    if size is not None:
        return Shapes((2, 3, *size), (1, 3, *size), {0: batch})
    rows, columns = torch.export.Dim('rows'), torch.export.Dim('columns')
    return Shapes((2, 3, 2 * STRIDE, 4 * STRIDE), (3, 3, 3 * STRIDE, 5 * STRIDE),
                  {0: batch, 2: STRIDE * rows, 3: STRIDE * columns})
