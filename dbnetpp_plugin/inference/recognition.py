"""Recognition with PyTorch: the test pipeline of a config, and a model of MMOCR."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from mmocr.models.textrecog.postprocessors import CTCPostProcessor
from numpy.typing import NDArray
from torch import nn

from dbnetpp_plugin.config import default_scope, test_steps
from dbnetpp_plugin.pipelines.recognizer import words_of
from dbnetpp_plugin.pipelines.results import NOTHING, Recognition
from dbnetpp_plugin.reading.ctc import best_path

from .memory_format import in_fastest_format
from .precision import check_precision


class TorchRecognition:
    """A recognizer of a config as a :class:`dbnetpp_plugin.pipelines.recognizer.RecognitionEngine`.

    Args:
        model: In evaluation mode.
        config: With the test pipeline.
        precision: One of :data:`.precision.PRECISIONS`.

    Raises:
        ValueError: If the pipeline loads no images, or the precision is no such thing.
    """

    def __init__(self, model: BaseModel, config: Config, precision: str) -> None:
        self.model, self._dtype = model, getattr(torch, check_precision(precision))
        loader, steps = test_steps(config)
        self._is_grey = loader.get('color_type', 'color').startswith('grayscale')
        with default_scope(config):
            self._pipeline = Compose([
                dict(type='LoadImageFromNDArray', to_float32=loader.get('to_float32', False)), *steps])
        # The backbone alone: the preprocessor of some recognizers of MMOCR works in one order only.
        backbone = getattr(model, 'backbone', None)
        if isinstance(backbone, nn.Module):
            in_fastest_format(backbone, self._dtype)

    def check_words(self) -> None:
        """Check that the model has CTC.

        Raises:
            ValueError: If it has not.
        """
        if not has_ctc(self.model):
            raise ValueError(f'{type(self.model).__name__} does not say where its words are: that takes a recognizer '
                             'with CTC, such as the default')

    def prepare(self, crop: NDArray[np.uint8]) -> dict[str, Any]:
        """What the pipeline makes of a crop."""
        # MMOCR's own way from an array to grey takes blue for red.
        image = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if self._is_grey else crop
        return self._pipeline(dict(img=image, img_path=None, instances=[]))

    def padded_size(self, prepared: dict[str, Any]) -> tuple[int, ...]:
        """Height and width in the batch."""
        divisor = getattr(self.model.data_preprocessor, 'pad_size_divisor', 1)
        return tuple(-(-side // divisor) * divisor for side in prepared['inputs'].shape[-2:])

    def read(self, batch: Sequence[dict[str, Any]], words: bool) -> list[Recognition]:
        """What the crops say, and with ``words`` where."""
        return self._read_words(batch) if words else self._read(batch)

    def _read(self, batch: Sequence[dict[str, Any]]) -> list[Recognition]:
        device = next(self.model.parameters()).device.type
        with torch.inference_mode(), torch.autocast(device, self._dtype, self._dtype != torch.float32):
            samples = self.model.test_step(pseudo_collate(batch))
        return [_recognition(sample.pred_text) for sample in samples]

    def _read_words(self, batch: Sequence[dict[str, Any]]) -> list[Recognition]:
        decoder = self.model.decoder
        with _output_of(decoder) as outputs:
            found = self._read(batch)
        (probabilities,) = outputs
        symbols, blank = decoder.dictionary.dict, decoder.dictionary.padding_idx
        # The columns reach over the padding, which is the same for the whole batch, the places of words over the crop.
        per_pixel = probabilities.shape[1] / self.padded_size(batch[0])[1]
        widths = [item['inputs'].shape[-1] for item in batch]
        lines = [best_path(line, blank) for line in probabilities.float().cpu().numpy()]
        return [result._replace(words=words_of(line, symbols, width * per_pixel))
                for result, line, width in zip(found, lines, widths, strict=True)]


def has_ctc(model: BaseModel) -> bool:
    """Whether a recognizer decodes by CTC."""
    decoder = getattr(model, 'decoder', None)
    return isinstance(getattr(decoder, 'postprocessor', None), CTCPostProcessor)


def _recognition(prediction: Any) -> Recognition:
    scores = np.asarray(prediction.score, dtype=np.float64)
    return Recognition(prediction.item, float(scores.mean())) if prediction.item and scores.size else NOTHING


@contextmanager
def _output_of(module: nn.Module) -> Iterator[list[torch.Tensor]]:
    """A list to which what the module gives is added when it runs."""
    outputs: list[torch.Tensor] = []
    handle = module.register_forward_hook(lambda _, inputs, output: outputs.append(output))
    try:
        yield outputs
    finally:
        handle.remove()
