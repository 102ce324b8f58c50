"""A text detection model in two halves: from images to maps on the device, and from maps to text on the host."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from mmengine.model import BaseModel
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray
from torch import Tensor

from dbnetpp_plugin.pipelines.scales import add_to_mean
from dbnetpp_plugin.pipelines.tiling import is_larger, tile_side, tiled

from .map_network import fused_to_maps
from .memory_format import in_fastest_format
from .precision import check_precision

_Samples = Sequence[TextDetDataSample]


class Network:
    """A model that is ready to predict, as fast as its device allows.

    Batch normalisation is folded into the convolutions, which work in channels-last order on a CPU or in less than 32
    bits.

    Args:
        model: A detection model of MMOCR or this package, in evaluation mode, which is not changed.
        precision: One of :data:`.precision.PRECISIONS`. Less than ``'float32'`` is faster where the device has
            instructions for it, and moves outlines by fractions of a pixel.
        tile: Side in pixels of the tiles in which larger images are looked at, see
            :mod:`dbnetpp_plugin.pipelines.tiling`; None never divides.

    Raises:
        ValueError: If the precision is unknown, or the side of tiles is not positive, or the model gives no map that
            tiles could be put together in.
    """

    def __init__(self, model: BaseModel, precision: str = 'float32', tile: int | None = None) -> None:
        self._tile = None if tile is None else tile_side(tile)
        self.dtype = getattr(torch, check_precision(precision))
        self._to_maps: Callable[[Tensor], Any] | None
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
            if not others:
                return maps, samples
            mean, sizes = _on_host(maps), _sizes(samples)
            for count, other in enumerate(others, 1):
                resized = self._prepare(other, False)
                seen = self._maps_of(self._to_maps, resized['inputs'])
                add_to_mean(mean, count, _on_host(seen), sizes, _sizes(resized['data_samples']))
            return torch.from_numpy(mean), samples

    def texts(self, maps: Any, samples: _Samples) -> _Samples:
        """The second half: the data samples with ``pred_instances``."""
        if maps is None:
            return samples
        with torch.inference_mode():
            return self._finish(maps, samples)

    def _maps_of(self, to_maps: Callable[[Tensor], Any], images: Tensor) -> Any:
        if self._tile is None or not is_larger(images, self._tile):
            return to_maps(images)
        return torch.from_numpy(tiled(lambda part: _on_host(_one_map(to_maps(part), part)), images, self._tile))


def _on_host(maps: Any) -> NDArray[np.float32]:
    """Maps (N, H, W) as an array of its own.

    Raises:
        ValueError: If these are no maps.
    """
    _check_one_map(maps)
    return maps.float().cpu().numpy().copy()


def _sizes(samples: _Samples) -> list[tuple[int, int]]:
    return [tuple(sample.img_shape[:2]) for sample in samples]


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
