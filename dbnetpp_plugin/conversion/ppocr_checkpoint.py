"""From a network that PaddleOCR exported to a checkpoint of this package."""

import copy
import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from torch import Tensor, nn

from dbnetpp_plugin.config import default_scope, load_config
from dbnetpp_plugin.files import atomic_write
from dbnetpp_plugin.version import __version__

from .layout import Converted
from .ppocr import ppocr_state_dict, read_parameters, with_threshold_branch

# What PP-OCR does to images: BGR, by the mean and deviation of ImageNet in the order of RGB.
SETTINGS = {
    'model.data_preprocessor.mean': [123.675, 116.28, 103.53],
    'model.data_preprocessor.std': [58.395, 57.12, 57.375],
    'model.data_preprocessor.bgr_to_rgb': False,
}
TRIAL = (1, 3, 160, 224)  # of the picture on which maps are compared
TOLERANCE = 1e-3  # of probabilities


def convert_ppocr(source: str | Path, target: str | Path, config: str | Path | Config) -> Converted:
    """Write a checkpoint that mmengine and :class:`TextDetector` load without a word.

    Args:
        source: What PaddleOCR exported: an ``.onnx`` file, or ``inference.json`` with ``inference.pdiparams`` beside
            it.
        target: File to write. Its ``meta`` says where it came from.
        config: Of the model in merged form, such as ``configs/dbnet_pplcnetv4s_ppocrv6.py``.

    Returns:
        The new state dict. Nothing is left out.

    Raises:
        FileNotFoundError: If there is no such file or config.
        ValueError: If the file is not of the network of the config: other layers, or, where ONNX Runtime is installed
            and an ONNX file is given, other maps of a trial picture.
    """
    loaded = load_config(config)
    with default_scope(loaded):
        model = MODELS.build(copy.deepcopy(loaded.model)).eval()
    try:
        state = ppocr_state_dict(read_parameters(source), model, torch.zeros(1, 3, 64, 64))
        model.load_state_dict(state, strict=False)
        if Path(source).suffix == '.onnx' and find_spec('onnxruntime') is not None:
            check_maps(model, source)
    except ValueError as error:
        raise ValueError(f'{source} was not converted: {error}') from error
    state = with_threshold_branch(state)
    digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    meta = dict(converted_from='PP-OCR', source=str(source), sha256=digest, dbnetpp_plugin_version=__version__,
                settings=SETTINGS)
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(Path(target)) as temporary:
        torch.save(dict(state_dict=state, meta=meta), temporary)
    return Converted(state, {})


@torch.no_grad()
def check_maps(model: nn.Module, onnx_file: str | Path) -> None:
    """Compare the maps that a model and an ONNX file make of a picture of blocks of noise.

    Raises:
        ValueError: If they differ by more than :data:`TOLERANCE`.
    """
    import onnxruntime  # optional

    images = _picture()
    session = onnxruntime.InferenceSession(str(onnx_file), providers=['CPUExecutionProvider'])
    (expected, *_) = session.run(None, {session.get_inputs()[0].name: images.numpy()})
    found = model(images).numpy()
    difference = float(np.abs(found - expected.reshape(found.shape)).max())
    if not difference < TOLERANCE:
        raise ValueError(f'the model gives other maps than the file, by up to {difference:.2g}: are its settings those '
                         'of the file?')


def _picture() -> Tensor:
    count, channels, height, width = TRIAL
    noise = torch.randn(count, channels, height // 8, width // 8, generator=torch.Generator().manual_seed(0))
    return nn.functional.interpolate(noise, (height, width))
