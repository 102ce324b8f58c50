"""A text detection model in two halves: from images to maps on the device, and from maps to text on the host."""

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.model import BaseModel
from mmocr.models.textdet.detectors.single_stage_text_detector import SingleStageTextDetector
from mmocr.structures import TextDetDataSample
from torch import Tensor, nn
from torch.nn import functional

from dbnetpp_plugin.memory import keep_freed_memory

from .fusing import fused

PRECISIONS = {'float32': torch.float32, 'bfloat16': torch.bfloat16, 'float16': torch.float16}
_STRIDE = 32  # what sides of images are multiples of
_Samples = Sequence[TextDetDataSample]


class Network:
    """A model that is ready to predict, as fast as its device allows.

    Batch normalisation is folded into the convolutions, which work in channels-last order on a CPU or in less than 32
    bits. On a CPU the memory of one image is kept for the next, see :mod:`dbnetpp_plugin.memory`.

    Args:
        model: A detection model of MMOCR or this package, in evaluation mode. It is not changed.
        precision: A key of :data:`PRECISIONS`. Less than ``'float32'`` is faster where the device has instructions for
            it, and moves outlines by fractions of a pixel.
        scales: Sizes at which each image is looked at, relative to that of the test pipeline; the mean of the maps is
            taken, at the size of 1.

    Raises:
        ValueError: If the precision is unknown, a scale is not positive, or there are several and the model gives no
            single map.
    """

    def __init__(self, model: BaseModel, precision: str = 'float32', scales: Sequence[float] = (1.0,)) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f'the precision is one of {", ".join(PRECISIONS)}, got {precision!r}')
        if not scales or min(scales) <= 0:
            raise ValueError(f'scales are positive numbers, at least one, got {tuple(scales)}')
        self.device = next(model.parameters()).device
        self.dtype, self.scales = PRECISIONS[precision], tuple(scales)
        if self.device.type == 'cpu':
            keep_freed_memory()
        self._prepare, self._test_step = model.data_preprocessor, model.test_step
        self._to_maps: nn.Module | None = None
        if _has_halves(model):
            self._finish = model.det_head.postprocessor
            self._to_maps = self._in_best_order(fused(_ToMaps(model).eval()))
        elif self.scales != (1.0,):
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

    def _mean_map(self, to_maps: nn.Module, images: Tensor) -> Any:
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


class _ToMaps(nn.Module):
    """The part of a model that ends in maps, as a module, so that copies of it can be made and changed."""

    def __init__(self, model: SingleStageTextDetector) -> None:
        super().__init__()
        self.backbone, self.neck, self.det_head = model.backbone, getattr(model, 'neck', None), model.det_head

    def forward(self, images: Tensor) -> Any:
        features = self.backbone(images)
        return self.det_head(features if self.neck is None else self.neck(features), None)


def _has_halves(model: BaseModel) -> bool:
    return isinstance(model, SingleStageTextDetector) and getattr(model.det_head, 'postprocessor', None) is not None


def _resized(images: Tensor, size: Sequence[int]) -> Tensor:
    if tuple(images.shape[-2:]) == tuple(size):
        return images
    return functional.interpolate(images.float(), tuple(size), mode='bilinear', align_corners=False)
