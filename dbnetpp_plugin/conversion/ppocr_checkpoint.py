"""From a network that PaddleOCR exported to a checkpoint of this package."""

import copy
import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from torch import Tensor, nn

from dbnetpp_plugin.config import default_scope, load_config
from dbnetpp_plugin.files import atomic_write
from dbnetpp_plugin.version import __version__

from .layout import Converted
from .ppocr import checkpoint_state_dict, is_detector, read_characters

# What PP-OCR does to images: BGR, by the mean and deviation of ImageNet in the order of RGB; lines to [-1, 1].
DETECTOR_SETTINGS = {
    'model.data_preprocessor.mean': [123.675, 116.28, 103.53],
    'model.data_preprocessor.std': [58.395, 57.12, 57.375],
    'model.data_preprocessor.bgr_to_rgb': False,
}
RECOGNIZER_SETTINGS = {
    'model.data_preprocessor.mean': [127.5] * 3,
    'model.data_preprocessor.std': [127.5] * 3,
    'model.data_preprocessor.bgr_to_rgb': False,
}
TRIAL = (1, 3, 160, 224)  # of the picture on which results are compared
LINE_HEIGHT = 48  # of pictures for recognizers
TOLERANCE = 1e-3  # of probabilities


class ConvertedPPOCR(NamedTuple):
    """What was written, and how the weights were trained."""

    converted: Converted
    settings: dict[str, Any]
    """Options by dotted name."""


def convert_ppocr(source: str | Path, target: str | Path, config: str | Path | Config) -> ConvertedPPOCR:
    """Write a checkpoint that mmengine, :class:`TextDetector` and :class:`TextRecognizer` load without a word.

    Args:
        source: What PaddleOCR exported: an ``.onnx`` file, or ``inference.json`` with ``inference.pdiparams`` beside
            it.
        target: File to write. Its ``meta`` says where it came from.
        config: Of the model in merged form, such as ``configs/dbnet_pplcnetv4s_ppocrv6.py`` or
            ``configs/svtr_pplcnetv4s_ppocrv6.py``.

    Returns:
        The new state dict, of which nothing is left out, and the settings of the weights.

    Raises:
        FileNotFoundError: If there is no such file or config.
        ValueError: If the file is not of the network of the config: other layers or other characters, or, where ONNX
            Runtime is installed and an ONNX file is given, other results for a trial picture.
    """
    loaded = load_config(config)
    with default_scope(loaded):
        model = MODELS.build(copy.deepcopy(loaded.model)).eval()
    try:
        state = checkpoint_state_dict(source, model)
        check_characters(model, source)
        model.load_state_dict(state, strict=False)
        if Path(source).suffix.lower() == '.onnx' and find_spec('onnxruntime') is not None:
            check_results(model, source)
    except ValueError as error:
        raise ValueError(f'{source} was not converted: {error}') from error
    settings = DETECTOR_SETTINGS if is_detector(model) else RECOGNIZER_SETTINGS
    digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    meta = dict(converted_from='PP-OCR', source=str(source), sha256=digest, dbnetpp_plugin_version=__version__,
                settings=settings)
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(Path(target)) as temporary:
        torch.save(dict(state_dict=state, meta=meta), temporary)
    return ConvertedPPOCR(Converted(state, {}), dict(settings))


def check_characters(model: Any, source: str | Path) -> None:
    """Compare the characters of a recognizer with those that the file says it reads, if it does.

    Raises:
        ValueError: If they differ.
    """
    characters = [] if is_detector(model) else read_characters(source)
    known = [] if is_detector(model) else model.decoder.dictionary.dict[:len(characters)]
    for index, (expected, found) in enumerate(zip(characters, known, strict=True)):
        if expected != found:
            raise ValueError(f'character {index} of the file is {expected!r}, and {found!r} in the dictionary of the '
                             'config')


@torch.no_grad()
def check_results(model: nn.Module, onnx_file: str | Path) -> None:
    """Compare what a model and an ONNX file make of a picture of blocks of noise.

    Raises:
        ValueError: If probabilities differ by more than :data:`TOLERANCE`.
    """
    import onnxruntime  # optional

    images = _picture(None if is_detector(model) else LINE_HEIGHT)
    session = onnxruntime.InferenceSession(str(onnx_file), providers=['CPUExecutionProvider'])
    (expected, *_) = session.run(None, {session.get_inputs()[0].name: images.numpy()})
    found = model(images).numpy()
    expected = expected.reshape(found.shape) if is_detector(model) else np.roll(expected, -1, axis=2)
    difference = float(np.abs(found - expected).max())
    if not difference < TOLERANCE:
        raise ValueError(f'the model gives other probabilities than the file, by up to {difference:.2g}: are its '
                         'settings those of the file?')


def _picture(height: int | None) -> Tensor:
    count, channels, rows, width = TRIAL
    rows = height or rows
    noise = torch.randn(count, channels, rows // 8, width // 8, generator=torch.Generator().manual_seed(0))
    return nn.functional.interpolate(noise, (rows, width)).clamp(-1, 1)
