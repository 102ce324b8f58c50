"""A detector in an ONNX file, with the pipeline and the postprocessor of its config."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from torch import Tensor

from dbnetpp_plugin.config import default_scope
from dbnetpp_plugin.deploy import OnnxNetwork
from dbnetpp_plugin.deploy.settings import STRIDE


class OnnxModel:
    """The network of an ONNX file that :mod:`dbnetpp_plugin.export` wrote, and what belongs to it.

    It runs in ONNX Runtime, on the CPU, on as many threads as PyTorch has.

    Attributes:
        config: With ``test_pipeline`` and ``default_scope``.
        postprocessor: From maps to text regions.

    Args:
        path: The file.

    Raises:
        FileNotFoundError, ImportError, ValueError: As :class:`dbnetpp_plugin.deploy.OnnxNetwork`.
    """

    def __init__(self, path: str | Path) -> None:
        self._network = OnnxNetwork(path, torch.get_num_threads())
        settings = self._network.settings
        self.config = Config(dict(default_scope=settings['default_scope'], test_pipeline=settings['test_pipeline']))
        self._padding = torch.tensor(settings['padding'], dtype=torch.float32).view(1, 3, 1, 1)
        with default_scope(self.config):
            self.postprocessor = MODELS.build(settings['postprocessor'])

    def prepare(self, data: dict[str, Any], training: bool = False) -> dict[str, Any]:
        """Images of a batch in one tensor, padded as the data preprocessor does it.

        Args:
            data: ``inputs``, images (3, H_i, W_i) of bytes, and ``data_samples``.
            training: Must be false; part of the interface.

        Returns:
            ``inputs``, float32 (N, 3, H, W), and ``data_samples``.
        """
        images: Sequence[Tensor] = data['inputs']
        size = [-(-max(image.shape[axis] for image in images) // STRIDE) * STRIDE for axis in (1, 2)]
        batch = self._padding.repeat(len(images), 1, *size)
        for place, image in zip(batch, images, strict=True):
            place[:, :image.shape[1], :image.shape[2]] = image
        return {**data, 'inputs': batch}

    def __call__(self, images: Tensor) -> Tensor:
        """Maps, float32 (N, H, W), of images (N, 3, H, W) in BGR from 0 to 255, with sides that 32 divides."""
        return torch.from_numpy(self._network(images.numpy()))
