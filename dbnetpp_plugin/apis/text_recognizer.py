"""Recognising text in crops with any recognizer of MMOCR."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from mmocr.models.textrecog.postprocessors import CTCPostProcessor
from numpy.typing import NDArray
from torch import nn

from dbnetpp_plugin.config import default_scope, load_config, test_steps
from dbnetpp_plugin.images.sources import ImageSource, load_images
from dbnetpp_plugin.inference.memory_format import in_fastest_format
from dbnetpp_plugin.inference.mmocr_models import find_recognizer
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.precision import check_precision
from dbnetpp_plugin.inference.pretrained import RECOGNIZER, or_pretrained
from dbnetpp_plugin.reading.ctc import Characters, best_path
from dbnetpp_plugin.reading.line_words import Word, split_line

Image = NDArray[np.uint8]


class Recognition(NamedTuple):
    """What a crop says."""

    text: str
    """Empty if nothing was read."""
    score: float
    """Mean over the characters, in [0, 1]; 0 for an empty text."""
    words: tuple[Word, ...] = ()
    """Where in the crop each word is, if that was asked for."""


NOTHING = Recognition('', 0.0)


class TextRecognizer:
    """A recognition model of MMOCR, and the test pipeline of its config, as a function of crops.

    Args:
        config: Path of a config, or the config, or the name of one of MMOCR's recognizers, such as ``'CRNN'`` or
            ``'satrn_shallow_5e_st_mj'``. Its ``test_dataloader.dataset.pipeline`` prepares the crops. Without,
            PP-OCRv6 small is taken.
        weights: Path or address of a checkpoint. Without, those that belong to the name are downloaded, once; the
            model of a config is random.
        device: By default the first GPU where there is one, else the CPU.
        precision: ``'float32'``, ``'bfloat16'`` or ``'float16'``, in which the network computes.

    Raises:
        FileNotFoundError: If there is no such weights file.
        OSError: If weights cannot be downloaded.
        ValueError: If there is no such config or name, the weights do not fit the model, the device does not exist, the
            pipeline loads no images, or the precision is no such thing.
    """

    def __init__(self, config: str | Path | Config | None = None, weights: str | Path | None = None,
                 device: str | torch.device | None = None, *, precision: str = 'float32') -> None:
        config, weights = or_pretrained(RECOGNIZER, config, weights)
        if not isinstance(config, Config) and not Path(config).is_file() and Path(config).suffix != '.py':
            named = find_recognizer(str(config))
            config, weights = named.config, weights or named.weights
        self.config = load_config(config)
        self._dtype = getattr(torch, check_precision(precision))
        loader, steps = test_steps(self.config)
        self._is_grey = loader.get('color_type', 'color').startswith('grayscale')
        with default_scope(self.config):
            self._pipeline = Compose([
                dict(type='LoadImageFromNDArray', to_float32=loader.get('to_float32', False)), *steps])
        self.model = _build(self.config, weights, device)
        # The backbone alone: the preprocessor of some recognizers of MMOCR works in one order only.
        backbone = getattr(self.model, 'backbone', None)
        if isinstance(backbone, nn.Module):
            in_fastest_format(backbone, self._dtype)

    def check_words(self) -> None:
        """Check that the model says where in a crop its words are, as those with CTC do.

        Raises:
            ValueError: If it does not.
        """
        decoder = getattr(self.model, 'decoder', None)
        if not isinstance(getattr(decoder, 'postprocessor', None), CTCPostProcessor):
            raise ValueError(f'{type(self.model).__name__} does not say where its words are: that takes a recognizer '
                             'with CTC, such as the default')

    def __call__(self, crops: Sequence[ImageSource], batch_size: int = 64, words: bool = False) -> list[Recognition]:
        """Recognise the text in crops.

        Only crops that have the same size once they are padded go through the model together. So what is recognised
        does not depend on what is recognised with it.

        Args:
            crops: Images of single lines or words, of any kind that :func:`.images.sources.load_images` takes.
            batch_size: How many of them the model sees at once, at most.
            words: Whether to say where the words are.

        Returns:
            One result per crop, in order.

        Raises:
            BrokenImageError, FileNotFoundError, TypeError: As :func:`.images.sources.load_images`.
            ValueError: If the batch size is not positive, or words are asked of a model without CTC.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        if words:
            self.check_words()
        inputs = [self._prepared(image) for _, image in load_images(crops)]
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for index, item in enumerate(inputs):
            groups[self._padded_shape(item['inputs'].shape)].append(index)
        found = [NOTHING] * len(inputs)
        read = self._read_words if words else self._read
        for members in groups.values():
            for start in range(0, len(members), batch_size):
                batch = members[start:start + batch_size]
                for index, result in zip(batch, read([inputs[i] for i in batch]), strict=True):
                    found[index] = result
        return found

    def _prepared(self, crop: Image) -> dict[str, Any]:
        # MMOCR's own way from an array to grey takes blue for red.
        image = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if self._is_grey else crop
        return self._pipeline(dict(img=image, img_path=None, instances=[]))

    def _padded_shape(self, shape: torch.Size) -> tuple[int, ...]:
        divisor = getattr(self.model.data_preprocessor, 'pad_size_divisor', 1)
        return tuple(-(-side // divisor) * divisor for side in shape[-2:])

    def _read(self, batch: list[dict[str, Any]]) -> list[Recognition]:
        device = next(self.model.parameters()).device.type
        with torch.inference_mode(), torch.autocast(device, self._dtype, self._dtype != torch.float32):
            samples = self.model.test_step(pseudo_collate(batch))
        return [_recognition(sample.pred_text) for sample in samples]

    def _read_words(self, batch: list[dict[str, Any]]) -> list[Recognition]:
        decoder = self.model.decoder
        with _output_of(decoder) as outputs:
            found = self._read(batch)
        (probabilities,) = outputs
        symbols, blank = decoder.dictionary.dict, decoder.dictionary.padding_idx
        # The columns reach over the padding, which is the same for the whole batch, the places of words over the crop.
        shapes = [item['inputs'].shape for item in batch]
        per_pixel = probabilities.shape[1] / self._padded_shape(shapes[0])[1]
        lines = [best_path(line, blank) for line in probabilities.float().cpu().numpy()]
        return [result._replace(words=_words(line, symbols, shape[-1] * per_pixel))
                for result, line, shape in zip(found, lines, shapes, strict=True)]


def _words(line: Characters, symbols: Sequence[str], columns: float) -> tuple[Word, ...]:
    inside = line.middles <= columns
    return tuple(split_line([symbols[index] for index in line.classes[inside]], line.scores[inside],
                            line.middles[inside] / columns))


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


def _build(config: Config, weights: str | Path | None, device: str | torch.device | None) -> BaseModel:
    try:
        return build_model(config, weights, device)
    except OSError as error:
        if '://' not in str(weights):
            raise
        raise OSError(f'the weights {weights} cannot be downloaded ({error.__cause__ or error}): fetch that file '
                      'elsewhere, and give its path as weights of the recognizer') from error
