"""Reading the text of images with trained models."""

from pathlib import Path

import torch
from mmengine.config import Config

from dbnetpp_plugin.inference.pretrained import READING_DETECTOR, pretrained_model
from dbnetpp_plugin.pipelines.reader import Detector, PageReader, check_options
from dbnetpp_plugin.pipelines.recognizer import CropRecognizer
from dbnetpp_plugin.pipelines.results import Reading
from dbnetpp_plugin.reading.crops import MARGIN
from dbnetpp_plugin.reading.settings import MIN_SCORE, UPRIGHT

from .text_detector import TextDetector
from .text_recognizer import TextRecognizer

__all__ = ['Reading', 'TextReader']


class TextReader(PageReader):
    """A detector and a recognizer, as a function of images; see :class:`dbnetpp_plugin.pipelines.reader.PageReader`.

    Args:
        detector: Finds the text; by default PP-OCRv6 small, which finds lines.
        recognizer: Reads it; or what :class:`.text_recognizer.TextRecognizer` is made of: a config, its path, or a name
            of MMOCR's, such as ``'SAR'``. By default PP-OCRv6 small.
        recognizer_weights: Of a recognizer that is to be made. A name has weights of its own.
        device: Of what is to be made.
        words: As of :class:`dbnetpp_plugin.pipelines.reader.PageReader`.
        orientation: As there.
        min_score: As there.
        precision: Of what is to be made: ``'float32'``, ``'bfloat16'`` or ``'float16'``.
        text_batch_size: As of :class:`dbnetpp_plugin.pipelines.reader.PageReader`.
        margin: As there.

    Raises:
        FileNotFoundError, ImportError, OSError, ValueError: As :class:`.text_recognizer.TextRecognizer`,
            :class:`.text_detector.TextDetector` and :class:`dbnetpp_plugin.pipelines.reader.PageReader`.
    """

    def __init__(self, detector: Detector | None = None, recognizer: CropRecognizer | str | Path | Config | None = None,
                 recognizer_weights: str | Path | None = None, device: str | torch.device | None = None, *,
                 words: bool = False, orientation: str = UPRIGHT, min_score: float = MIN_SCORE,
                 precision: str = 'float32', text_batch_size: int = 64, margin: float = MARGIN) -> None:
        check_options(orientation, min_score)
        super().__init__(
            detector or TextDetector(*pretrained_model(READING_DETECTOR), device, precision=precision),
            recognizer if isinstance(recognizer, CropRecognizer)
            else TextRecognizer(recognizer, recognizer_weights, device, precision=precision),
            words=words, orientation=orientation, min_score=min_score, text_batch_size=text_batch_size, margin=margin)
