"""A text detection model in two halves: from images to maps on the device, and from maps to text on the host."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from mmengine.model import BaseModel
from mmocr.structures import TextDetDataSample
from torch import Tensor
from torch.nn import functional

from .map_network import fused_to_maps
from .memory_format import in_fastest_format
from .onnx_model import OnnxModel
from .precision import check_precision
from .tiling import tiled

_Samples = Sequence[TextDetDataSample]


class Network:
    """A model that is ready to predict, as fast as its device allows.

    Batch normalisation is folded into the convolutions, which work in channels-last order on a CPU or in less than 32
    bits.

    Args:
        model: A detection model of MMOCR or this package, in evaluation mode, which is not changed; or one in an ONNX
            file.
        precision: One of :data:`.precision.PRECISIONS`. Less than ``'float32'`` is faster where the device has
            instructions for it, and moves outlines by fractions of a pixel. An ONNX file has its own.
        tile: Side in pixels of the tiles in which larger images are looked at, see :mod:`.tiling`; None never divides.

    Raises:
        ValueError: If the precision is unknown, or not float32 for an ONNX file, or the side of tiles is not positive,
            or the model gives no map that tiles could be put together in.
    """

    def __init__(self, model: BaseModel | OnnxModel, precision: str = 'float32', tile: int | None = None) -> None:
        if tile is not None and tile < 1:
            raise ValueError(f'the side of tiles is a positive number of pixels, got {tile}')
        self.dtype, self._tile = getattr(torch, check_precision(precision)), tile
        self._to_maps: Callable[[Tensor], Any] | None
        if isinstance(model, OnnxModel):
            if self.dtype != torch.float32:
                raise ValueError(f'an ONNX file has the precision that it was written with, got {precision!r}')
            self.device = torch.device('cpu')
            self._prepare, self._to_maps, self._finish = model.prepare, model, model.postprocessor
            return
        self.device = next(model.parameters()).device
        self._prepare, self._test_step = model.data_preprocessor, model.test_step
        to_maps = fused_to_maps(model)
        if to_maps is not None:
            self._finish = model.det_head.postprocessor
            self._to_maps = in_fastest_format(to_maps, self.dtype)
        else:
            self._to_maps = None
            if tile is not None:
                raise ValueError(f'{type(model).__name__} gives no map that tiles could be put together in')

    def maps(self, batch: dict[str, Any], others: Sequence[dict[str, Any]] = ()) -> tuple[Any, _Samples]:
        """The first half; on a GPU the work is queued, and not waited for.

        Args:
            batch: ``inputs``, images (3, H, W), and ``data_samples``, as packed by the test pipeline.
            others: The same images at other sizes. With some, the mean of all maps is taken, at the size of the batch.

        Returns:
            What :meth:`texts` takes.

        Raises:
            ValueError: If there are other sizes or tiles, and the model does not give one map per image, (N, H, W).
        """
        with torch.inference_mode(), torch.autocast(self.device.type, self.dtype, self.dtype != torch.float32):
            if self._to_maps is None:
                if others:
                    raise ValueError('the model gives no map of which the mean over several scales could be taken')
                return None, self._test_step(batch)
            data = self._prepare(batch, False)
            maps, samples = self._maps_of(self._to_maps, data['inputs']), data['data_samples']
            for count, other in enumerate(others, 1):
                resized = self._prepare(other, False)
                seen = self._maps_of(self._to_maps, resized['inputs'])
                maps = _mean(maps, count, seen, samples, resized['data_samples'])
            return maps, samples

    def texts(self, maps: Any, samples: _Samples) -> _Samples:
        """The second half: the data samples with ``pred_instances``."""
        if maps is None:
            return samples
        with torch.inference_mode():
            return self._finish(maps, samples)

    def _maps_of(self, to_maps: Callable[[Tensor], Any], images: Tensor) -> Any:
        if self._tile is None:
            return to_maps(images)
        return tiled(lambda part: _one_map(to_maps(part), part), images, self._tile)


def _mean(maps: Any, count: int, others: Any, samples: _Samples, resized: _Samples) -> Tensor:
    """Mean of maps and those of the same images at another size; what is padding stays as it is.

    Args:
        maps: (N, H, W), already the mean of so many.
        count: How many.
        others: (N, H', W').
        samples: Of the images as in ``maps``, with their size without padding.
        resized: Of the images as in ``others``.

    Raises:
        ValueError: If these are no maps.
    """
    for given in (maps, others):
        _check_one_map(given)
    mean = maps.float().clone()
    for index, (sample, other) in enumerate(zip(samples, resized, strict=True)):
        (height, width), (rows, columns) = sample.img_shape[:2], other.img_shape[:2]
        seen = functional.interpolate(others[index, :rows, :columns][None, None].float(), (height, width),
                                      mode='bilinear', align_corners=False)[0, 0]
        part = mean[index, :height, :width]
        part += (seen - part) / (count + 1)
    return mean


def _one_map(maps: Any, images: Tensor) -> Tensor:
    """The maps, if each has the size of its image.

    Raises:
        ValueError: If not.
    """
    _check_one_map(maps)
    if maps.shape[-2:] != images.shape[-2:]:
        raise ValueError(f'tiles are put together in maps of the size of the image, {tuple(images.shape[-2:])}, but '
                         f'the head gives {tuple(maps.shape[-2:])}')
    return maps


def _check_one_map(maps: Any) -> None:
    """Raise a ``ValueError`` unless this is (N, H, W)."""
    if not isinstance(maps, Tensor) or maps.dim() != 3:
        given = f'a tensor of {maps.dim()} dimensions' if isinstance(maps, Tensor) else type(maps).__name__
        raise ValueError(f'several scales and tiles need one map per image, (N, H, W), but the head gives {given}')
