"""Detecting text in images with a trained model."""

from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.config import Config

from dbnetpp_plugin.config import load_config
from dbnetpp_plugin.deploy import is_onnx
from dbnetpp_plugin.deploy.text_detector import OnnxDetection
from dbnetpp_plugin.inference.detection import TorchDetection
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.pretrained import DETECTOR, or_pretrained
from dbnetpp_plugin.pipelines.detector import DetectionEngine, ImageDetector
from dbnetpp_plugin.pipelines.results import Detection, ErrorHandler

from .onnx_options import check_onnx_options

__all__ = ['Detection', 'ErrorHandler', 'TextDetector']


class TextDetector(ImageDetector):
    """A model, and the test pipeline of its config, as a function of images.

    Files are oriented as the config's loader does it: as they are stored with ``color_ignore_orientation``, otherwise
    as their EXIF data ask.

    Attributes:
        config: Of the model; None for an ONNX file.

    Args:
        config: Path of a config, or the config. Its ``test_dataloader.dataset.pipeline`` prepares the images. Without,
            the detector that comes with the package is taken.
        weights: Path or address of a checkpoint; without, the model of a config is random. Or path of an ONNX file that
            ``dbnetpp export`` wrote, which holds its config and runs in ONNX Runtime, as in
            :class:`dbnetpp_plugin.deploy.OnnxTextDetector`.
        device: By default the first GPU where there is one, else the CPU.
        precision: ``'float32'``, ``'bfloat16'`` or ``'float16'``, see
            :class:`dbnetpp_plugin.inference.network.Network`.
        size: Shorter side of the image that the network sees, in pixels; by default that of the test pipeline.
        max_size: Most pixels of the longer side; by default that of the test pipeline.
        scales: Sizes at which each image is looked at, relative to ``size``; beyond 1 the image itself is enlarged.
            With several, text is found in the mean of their maps, at the largest.
        tile: Side of the tiles, in pixels, in which larger images go through the network, so that memory is bounded;
            the maps are put together before text is found in them. By default images are not divided.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ImportError: If an ONNX file is given and onnxruntime is missing.
        ValueError: If the weights do not fit the model, the device does not exist, the pipeline loads no images, or the
            precision or the scales are no such thing; for an ONNX file with a config or another precision than its own.
    """

    def __init__(self, config: str | Path | Config | None = None, weights: str | Path | None = None,
                 device: str | torch.device | None = None, *, precision: str = 'float32',
                 size: int | None = None, max_size: int | None = None, scales: Sequence[float] = (1.0,),
                 tile: int | None = None) -> None:
        engine: DetectionEngine
        self.config: Config | None = None
        if weights is not None and is_onnx(weights):
            check_onnx_options(weights, config, precision)
            engine = OnnxDetection(weights, None if device is None else str(device), size=size, max_size=max_size,
                                   scales=scales, tile=tile, threads=torch.get_num_threads())
        else:
            config, weights = or_pretrained(DETECTOR, config, weights)
            self.config = load_config(config)
            model = build_model(self.config, weights, device)
            engine = TorchDetection(model, self.config, precision, size, max_size, scales, tile)
        super().__init__(engine)
