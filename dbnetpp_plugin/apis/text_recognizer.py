"""Recognising text in crops with any recognizer of MMOCR."""

from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.model import BaseModel

from dbnetpp_plugin.config import load_config
from dbnetpp_plugin.deploy import is_onnx
from dbnetpp_plugin.deploy.text_recognizer import OnnxRecognition
from dbnetpp_plugin.inference.mmocr_models import find_recognizer
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.precision import check_precision
from dbnetpp_plugin.inference.pretrained import RECOGNIZER, or_pretrained
from dbnetpp_plugin.inference.recognition import TorchRecognition
from dbnetpp_plugin.pipelines.recognizer import CropRecognizer, RecognitionEngine
from dbnetpp_plugin.pipelines.results import NOTHING, Recognition

from .onnx_options import check_onnx_options

__all__ = ['NOTHING', 'Recognition', 'TextRecognizer']


class TextRecognizer(CropRecognizer):
    """A recognition model of MMOCR, and the test pipeline of its config, as a function of crops.

    Attributes:
        config: Of the model; None for an ONNX file.
        model: None for an ONNX file.

    Args:
        config: Path of a config, or the config, or the name of one of MMOCR's recognizers, such as ``'CRNN'`` or
            ``'satrn_shallow_5e_st_mj'``. Its ``test_dataloader.dataset.pipeline`` prepares the crops. Without,
            PP-OCRv6 small is taken.
        weights: Path or address of a checkpoint. Without, those that belong to the name are downloaded, once; the
            model of a config is random. Or path of an ONNX file that ``dbnetpp export`` wrote, which holds its config,
            as in :class:`dbnetpp_plugin.deploy.OnnxTextRecognizer`.
        device: By default the first GPU where there is one, else the CPU.
        precision: ``'float32'``, ``'bfloat16'`` or ``'float16'``, in which the network computes.

    Raises:
        FileNotFoundError: If there is no such weights file.
        ImportError: If an ONNX file is given and onnxruntime is missing.
        OSError: If weights cannot be downloaded.
        ValueError: If there is no such config or name, the weights do not fit the model, the device does not exist, the
            pipeline loads no images, or the precision is no such thing; for an ONNX file with a config or another
            precision than its own.
    """

    def __init__(self, config: str | Path | Config | None = None, weights: str | Path | None = None,
                 device: str | torch.device | None = None, *, precision: str = 'float32') -> None:
        engine: RecognitionEngine
        self.config: Config | None = None
        self.model: BaseModel | None = None
        if weights is not None and is_onnx(weights):
            check_onnx_options(weights, config, precision)
            engine = OnnxRecognition(weights, None if device is None else str(device), threads=torch.get_num_threads())
        else:
            config, weights = or_pretrained(RECOGNIZER, config, weights)
            if not isinstance(config, Config) and not Path(config).is_file() and Path(config).suffix != '.py':
                named = find_recognizer(str(config))
                config, weights = named.config, weights or named.weights
            self.config = load_config(config)
            check_precision(precision)
            self.model = _build(self.config, weights, device)
            engine = TorchRecognition(self.model, self.config, precision)
        super().__init__(engine)


def _build(config: Config, weights: str | Path | None, device: str | torch.device | None) -> BaseModel:
    try:
        return build_model(config, weights, device)
    except OSError as error:
        if '://' not in str(weights):
            raise
        raise OSError(f'the weights {weights} cannot be downloaded ({error.__cause__ or error}): fetch that file '
                      'elsewhere, and give its path as weights of the recognizer') from error
