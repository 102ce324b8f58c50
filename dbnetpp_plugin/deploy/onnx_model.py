"""Running a detector from an ONNX file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmocr.registry import MODELS
from torch import Tensor

from .packages import require
from .settings import KEY, STRIDE, from_text


def is_onnx(weights: str | Path | None) -> bool:
    """Whether the name is that of an ONNX file."""
    return weights is not None and Path(weights).suffix == '.onnx'


class OnnxModel:
    """The network of an ONNX file that :func:`.onnx_export.export_onnx` wrote, and what belongs to it.

    It runs in ONNX Runtime, on the CPU, on as many threads as PyTorch has.

    Attributes:
        config: With ``test_pipeline`` and ``default_scope``.
        postprocessor: From maps to text regions.

    Args:
        path: Of the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If onnxruntime is missing.
        ValueError: If the file is no ONNX file, or not of this package.
    """

    def __init__(self, path: str | Path) -> None:
        if not Path(path).is_file():
            raise FileNotFoundError(f'there is no ONNX file {path}')
        require('onnxruntime')
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])
        except Exception as error:  # of classes that the package does not export
            raise ValueError(f'{path} is not an ONNX file that can be run: {str(error).splitlines()[0]}') from error
        text = self._session.get_modelmeta().custom_metadata_map.get(KEY)
        if text is None:
            raise ValueError(f'{path} was not written by dbnetpp_plugin: it does not say how images are prepared')
        settings = from_text(text, path)
        self.config = Config({key: settings[key] for key in ('default_scope', 'test_pipeline')})
        self._padding = torch.tensor(settings['padding'], dtype=torch.float32).view(1, 3, 1, 1)
        with DefaultScope.overwrite_default_scope(settings['default_scope']):
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
        (maps,) = self._session.run(None, {'images': images.numpy()})
        return torch.from_numpy(maps)
