"""Recognising text with an ONNX file."""

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.pipelines.recognizer import CropRecognizer, words_of
from dbnetpp_plugin.pipelines.results import NOTHING, Recognition
from dbnetpp_plugin.reading.ctc import best_path
from dbnetpp_plugin.reading.line_words import Word

from .batches import padded, rounded_up
from .onnx_network import OnnxNetwork
from .settings import RecognizerSettings

Image = NDArray[np.uint8]


class OnnxTextRecognizer(CropRecognizer):
    """A recognizer in an ONNX file that ``dbnetpp export`` wrote, as a function of crops, without PyTorch.

    It is used as :class:`dbnetpp_plugin.apis.TextRecognizer`.

    Args:
        weights: Path of the file.
        device: ``'cpu'``, ``'cuda'`` or ``'cuda:N'``; by default CUDA where ONNX Runtime has it, else the CPU.
        threads: How many threads compute on the CPU; by default as many as there are cores.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If onnxruntime is missing.
        ValueError: If the file is not a recognizer of this package, or the device is not there.
    """

    def __init__(self, weights: str | Path, device: str | None = None, *, threads: int | None = None) -> None:
        super().__init__(OnnxRecognition(weights, device, threads=threads))


class OnnxRecognition:
    """An ONNX file as a :class:`dbnetpp_plugin.pipelines.recognizer.RecognitionEngine`."""

    def __init__(self, weights: str | Path, device: str | None, *, threads: int | None) -> None:
        self._network = OnnxNetwork(weights, RecognizerSettings, device, threads)
        self._settings = self._network.settings

    def check_words(self) -> None:
        """All files have CTC, which says where words are."""

    def prepare(self, crop: Image) -> NDArray:
        """The crop, resized, (H, W, 3) or (H, W)."""
        settings = self._settings
        image: NDArray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if settings.grey else crop
        if settings.to_float32:
            image = image.astype(np.float32)
        return cv2.resize(image, (self._width(*image.shape[:2]), settings.height), interpolation=cv2.INTER_LINEAR)

    def padded_size(self, prepared: NDArray) -> tuple[int, int]:
        """Height and width in the batch."""
        height, width = (rounded_up(side, self._settings.divisor) for side in prepared.shape[:2])
        return self._settings.size or (height, width)

    def read(self, batch: Sequence[NDArray], words: bool) -> list[Recognition]:
        """What the crops say, and with ``words`` where."""
        size = self.padded_size(batch[0])
        probabilities = self._network(padded(batch, size, self._settings.padding))
        found = [self._recognition(columns, image.shape[1] / size[1])
                 for columns, image in zip(probabilities, batch, strict=True)]
        if not words:
            return found
        per_pixel = probabilities.shape[1] / size[1]
        return [result._replace(words=self._words(columns, image.shape[1] * per_pixel))
                for result, columns, image in zip(found, probabilities, batch, strict=True)]

    def _width(self, height: int, width: int) -> int:
        """As MMOCR's ``RescaleToHeight`` counts."""
        settings = self._settings
        scaled = math.ceil(float(settings.height) / height * width)
        scaled = max(settings.min_width or 1, scaled)
        scaled = min(settings.max_width or scaled, scaled)
        divisor = settings.width_divisor
        return scaled if scaled % divisor == 0 else round(scaled / divisor) * divisor

    def _recognition(self, columns: NDArray[np.float32], share: float) -> Recognition:
        """What the columns (T, K) of a crop say, of which a share is not padding."""
        line = best_path(columns[:math.ceil(len(columns) * share)], self._settings.blank)
        if not len(line.classes):
            return NOTHING
        text = ''.join(self._settings.symbols[index] for index in line.classes)
        return Recognition(text, float(line.scores.astype(np.float64).mean()))

    def _words(self, columns: NDArray[np.float32], count: float) -> tuple[Word, ...]:
        return words_of(best_path(columns, self._settings.blank), self._settings.symbols, count)
