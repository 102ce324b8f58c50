"""A detector, from config and weights to a file that other runtimes take."""

from pathlib import Path

from mmengine.config import Config

from dbnetpp_plugin.config import load_config
from dbnetpp_plugin.deploy import is_onnx
from dbnetpp_plugin.inference.map_network import fused_to_maps
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.pretrained import DETECTOR, or_pretrained

from .onnx import export_onnx


def export_detector(out: str | Path, config: str | Path | Config | None = None,
                    weights: str | Path | None = None) -> None:
    """Write a detector as an ONNX file, see :func:`.onnx.export_onnx`.

    Args:
        out: The file, ``.onnx``.
        config: Path of a config, or the config. Without, the detector that comes with the package is taken.
        weights: Path or address of its checkpoint.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ImportError: If onnx, onnxscript or onnxruntime is missing.
        ValueError: If the name of the file does not end in ``.onnx``, the weights do not fit the model, the model gives
            no map, or what the file gives differs from what the model gives.
    """
    if not is_onnx(out):
        raise ValueError(f'the name of an ONNX file ends in .onnx, got {out}')
    config, weights = or_pretrained(DETECTOR, config, weights)
    config = load_config(config)
    model = build_model(config, weights, 'cpu')
    to_maps = fused_to_maps(model)
    if to_maps is None:
        raise ValueError(f'{type(model).__name__} gives no map that text is found in')
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    export_onnx(to_maps, model.data_preprocessor, config, Path(out))
