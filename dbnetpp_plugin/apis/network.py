"""A text detection model in two halves: from images to maps on the device, and from maps to text on the host."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from mmengine.model import BaseModel
from mmocr.structures import TextDetDataSample
from torch import Tensor, nn
from torch.nn import functional

from dbnetpp_plugin.deploy import OnnxModel
from dbnetpp_plugin.memory import keep_freed_memory

from .halves import fused_to_maps

PRECISIONS = {'float32': torch.float32, 'bfloat16': torch.bfloat16, 'float16': torch.float16}
_STRIDE = 32  # what sides of images are multiples of
_Samples = Sequence[TextDetDataSample]


class Network:
    """A model that is ready to predict, as fast as its device allows.

    Batch normalisation is folded into the convolutions, which work in channels-last order on a CPU or in less than 32
    bits. On a CPU the memory of one image is kept for the next, see :mod:`dbnetpp_plugin.memory`.

    Args:
        model: A detection model of MMOCR or this package, in evaluation mode, which is not changed; or one in an ONNX
            file.
        precision: A key of :data:`PRECISIONS`. Less than ``'float32'`` is faster where the device has instructions for
            it, and moves outlines by fractions of a pixel. An ONNX file has its own.
        scales: Sizes at which each image is looked at, relative to that of the test pipeline; the mean of the maps is
            taken, at the size of 1.

    Raises:
        ValueError: If the precision is unknown, or not float32 for an ONNX file, a scale is not positive, or there are
            several and the model gives no single map.
    """

    def __init__(self, model: BaseModel | OnnxModel, precision: str = 'float32',
                 scales: Sequence[float] = (1.0,)) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f'the precision is one of {", ".join(PRECISIONS)}, got {precision!r}')
        if not scales or min(scales) <= 0:
            raise ValueError(f'scales are positive numbers, at least one, got {tuple(scales)}')
        self.dtype, self.scales = PRECISIONS[precision], tuple(scales)
        self._to_maps: Callable[[Tensor], Any] | None
        if isinstance(model, OnnxModel):
            if self.dtype != torch.float32:
                raise ValueError(f'an ONNX file has the precision that it was written with, got {precision!r}')
            self.device = torch.device('cpu')
            self._prepare, self._to_maps, self._finish = model.prepare, model, model.postprocessor
            return
        self.device = next(model.parameters()).device
        if self.device.type == 'cpu':
            keep_freed_memory()
        self._prepare, self._test_step = model.data_preprocessor, model.test_step
        to_maps = fused_to_maps(model)
        if to_maps is not None:
            self._finish = model.det_head.postprocessor
            self._to_maps = self._in_best_order(to_maps)
        elif self.scales == (1.0,):
            self._to_maps = None
        else:
            raise ValueError(f'{type(model).__name__} gives no map of which the mean over several scales can be taken')

    def _in_best_order(self, module: nn.Module) -> nn.Module:
        if self.device.type != 'cpu' and self.dtype == torch.float32:
            return module
        return module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def maps(self, batch: dict[str, Any]) -> tuple[Any, _Samples]:
        """The first half; on a GPU the work is queued, and not waited for.

        Args:
            batch: ``inputs``, images (3, H, W), and ``data_samples``, as packed by the test pipeline.

        Returns:
            What :meth:`texts` takes.
        """
        with torch.inference_mode(), torch.autocast(self.device.type, self.dtype, self.dtype != torch.float32):
            if self._to_maps is None:
                return None, self._test_step(batch)
            data = self._prepare(batch, False)
            return self._mean_map(self._to_maps, data['inputs']), data['data_samples']

    def texts(self, maps: Any, samples: _Samples) -> _Samples:
        """The second half: the data samples with ``pred_instances``."""
        if maps is None:
            return samples
        with torch.inference_mode():
            return self._finish(maps, samples)

    def _mean_map(self, to_maps: Callable[[Tensor], Any], images: Tensor) -> Any:
        if self.scales == (1.0,):
            return to_maps(images)
        size = images.shape[-2:]
        maps = []
        for scale in self.scales:
            seen = to_maps(_resized(images, [_STRIDE * max(1, round(side * scale / _STRIDE)) for side in size]))
            if not isinstance(seen, Tensor):
                raise ValueError('the mean over several scales is that of one map, but the head gives '
                                 f'{type(seen).__name__}')
            maps.append(_resized(seen[:, None], size)[:, 0])
        return torch.stack(maps).mean(0)


def _resized(images: Tensor, size: Sequence[int]) -> Tensor:
    if tuple(images.shape[-2:]) == tuple(size):
        return images
    return functional.interpolate(images.float(), tuple(size), mode='bilinear', align_corners=False)
