"""Reading cropped texts with any recognizer of MMOCR."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from numpy.typing import NDArray

from dbnetpp_plugin.config import default_scope, load_config, test_steps
from dbnetpp_plugin.inference.mmocr_models import find_recognizer
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.pretrained import RECOGNIZER, or_pretrained

Image = NDArray[np.uint8]


class Recognition(NamedTuple):
    """What a crop says."""

    text: str
    """Empty if nothing was read."""
    score: float
    """Mean over the characters, in [0, 1]; 0 for an empty text."""


NOTHING = Recognition('', 0.0)


class TextRecognizer:
    """A recognition model of MMOCR, and the test pipeline of its config, as a function of crops.

    Args:
        config: Path of a config, or the config, or the name of one of MMOCR's recognizers, such as ``'CRNN'`` or
            ``'satrn_shallow_5e_st_mj'``. Its ``test_dataloader.dataset.pipeline`` prepares the crops. Without, the
            recognizer that comes with the package is taken.
        weights: Path or address of a checkpoint. Without, those that belong to the name are downloaded, once; the
            model of a config is random.
        device: By default the first GPU where there is one, else the CPU.

    Raises:
        FileNotFoundError: If there is no such weights file.
        OSError: If weights cannot be downloaded.
        ValueError: If there is no such config or name, the weights do not fit the model, the device does not exist, or
            the pipeline loads no images.
    """

    def __init__(self, config: str | Path | Config | None = None, weights: str | Path | None = None,
                 device: str | torch.device | None = None) -> None:
        config, weights = or_pretrained(RECOGNIZER, config, weights)
        if not isinstance(config, Config) and not Path(config).is_file() and Path(config).suffix != '.py':
            named = find_recognizer(str(config))
            config, weights = named.config, weights or named.weights
        self.config = load_config(config)
        loader, steps = test_steps(self.config)
        self._is_grey = loader.get('color_type', 'color').startswith('grayscale')
        with default_scope(self.config):
            self._pipeline = Compose([
                dict(type='LoadImageFromNDArray', to_float32=loader.get('to_float32', False)), *steps])
        self.model = _build(self.config, weights, device)

    def __call__(self, crops: Sequence[Image], batch_size: int = 64) -> list[Recognition]:
        """Read crops.

        Only crops that the pipeline brings to the same size go through the model together. So none is padded for the
        sake of another, and what is read does not depend on what is read with it.

        Args:
            crops: (H, W, 3), BGR.
            batch_size: How many of them the model sees at once, at most.

        Returns:
            One result a crop, in order.

        Raises:
            ValueError: If the batch size is not positive.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        inputs = [self._prepared(crop) for crop in crops]
        groups: dict[torch.Size, list[int]] = defaultdict(list)
        for index, item in enumerate(inputs):
            groups[item['inputs'].shape].append(index)
        found = [NOTHING] * len(inputs)
        for members in groups.values():
            for start in range(0, len(members), batch_size):
                batch = members[start:start + batch_size]
                for index, result in zip(batch, self._read([inputs[i] for i in batch]), strict=True):
                    found[index] = result
        return found

    def _prepared(self, crop: Image) -> dict[str, Any]:
        # MMOCR's own way from an array to grey takes blue for red.
        image = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if self._is_grey else crop
        return self._pipeline(dict(img=image, img_path=None, instances=[]))

    def _read(self, batch: list[dict[str, Any]]) -> list[Recognition]:
        with torch.inference_mode():
            samples = self.model.test_step(pseudo_collate(batch))
        return [_recognition(sample.pred_text) for sample in samples]


def _recognition(prediction: Any) -> Recognition:
    scores = np.asarray(prediction.score, dtype=np.float64)
    return Recognition(prediction.item, float(scores.mean())) if prediction.item and scores.size else NOTHING


def _build(config: Config, weights: str | Path | None, device: str | torch.device | None) -> BaseModel:
    try:
        return build_model(config, weights, device)
    except OSError as error:
        if '://' not in str(weights):
            raise
        raise OSError(f'the weights {weights} cannot be downloaded ({error.__cause__ or error}): fetch that file '
                      'elsewhere, and give its path as weights of the recognizer') from error
