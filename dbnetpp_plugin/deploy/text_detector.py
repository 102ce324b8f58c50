"""Detecting text with an ONNX file."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.candidates import beyond_limit
from dbnetpp_plugin.geometry.contours import in_image, text_regions
from dbnetpp_plugin.pipelines.detector import ImageDetector, Regions
from dbnetpp_plugin.pipelines.resizing import changed_scale, check_scales, check_sizes, fitted_into, largest_within
from dbnetpp_plugin.pipelines.scales import add_to_mean
from dbnetpp_plugin.pipelines.tiling import is_larger, tile_side, tiled

from .batches import padded, rounded_up
from .onnx_network import OnnxNetwork
from .settings import STRIDE, DetectorSettings

Image = NDArray[np.uint8]
_FOR_LIMIT = ('mask_thr', 'min_text_width', 'unclip_ratio', 'max_candidates')
_logger = logging.getLogger('dbnetpp_plugin')


class OnnxTextDetector(ImageDetector):
    """A detector in an ONNX file that ``dbnetpp export`` wrote, as a function of images, without PyTorch.

    It is used as :class:`dbnetpp_plugin.apis.TextDetector`, which gives the same results for the same file.

    Args:
        weights: Path of the file.
        device: ``'cpu'``, ``'cuda'`` or ``'cuda:N'``; by default CUDA where ONNX Runtime has it, else the CPU.
        size: Shorter side of the image that the network sees, in pixels; by default that in the file.
        max_size: Most pixels of the longer side; by default that in the file.
        scales: Sizes at which each image is looked at, relative to ``size``. With several, text is found in the mean of
            their maps, at the largest.
        tile: Side of the tiles, in pixels, in which larger images go through the network. By default images are not
            divided.
        threads: How many threads compute on the CPU; by default as many as there are cores.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If onnxruntime is missing.
        ValueError: If the file is not a detector of this package, the device is not there, or an option is no such
            thing, or not possible with a file of fixed size.
    """

    def __init__(self, weights: str | Path, device: str | None = None, *, size: int | None = None,
                 max_size: int | None = None, scales: Sequence[float] = (1.0,), tile: int | None = None,
                 threads: int | None = None) -> None:
        super().__init__(OnnxDetection(weights, device, size=size, max_size=max_size, scales=scales, tile=tile,
                                       threads=threads))


class _Resized(NamedTuple):
    image: NDArray
    scale_factor: tuple[float, float]  # (width, height) of the resized image over those of the given one


class _Batch(NamedTuple):
    images: NDArray[np.float32]
    """(N, 3, H, W)."""
    sizes: list[tuple[int, int]]
    """(height, width) of each image, without padding."""
    scale_factors: list[tuple[float, float]]


class _Maps(NamedTuple):
    maps: NDArray[np.float32]
    batch: _Batch


class OnnxDetection:
    """An ONNX file as a :class:`dbnetpp_plugin.pipelines.detector.DetectionEngine`; see :class:`OnnxTextDetector`."""

    def __init__(self, weights: str | Path, device: str | None, *, size: int | None, max_size: int | None,
                 scales: Sequence[float], tile: int | None, threads: int | None) -> None:
        self._network = OnnxNetwork(weights, DetectorSettings, device, threads)
        self._settings = settings = self._network.settings
        self.upright = settings.upright
        check_sizes(size, max_size)
        zooms = check_scales(tuple(scales))
        asked = (size, max_size, zooms, tile) != (None, None, [1], None)
        if asked and settings.size is not None:
            raise ValueError(f'{weights} takes images of {settings.size[0]} x {settings.size[1]} pixels alone: it has '
                             'neither other sizes nor scales nor tiles')
        if (size, max_size, zooms) != (None, None, [1]) and not settings.keep_ratio:
            raise ValueError(f'{weights} resizes all images to one size, which cannot be changed')
        self._tile = None if tile is None else tile_side(tile)
        self._scales = [changed_scale(settings.scale, size, max_size, zoom) for zoom in zooms]
        self._told_of_limit = False

    def prepare(self, image: Image, name: str) -> list[_Resized]:
        """The image at each scale."""
        pixels = image.astype(np.float32) if self._settings.to_float32 else image
        height, width = image.shape[:2]
        return [self._resized(pixels, self._size_of(width, height, scale)) for scale in self._scales]

    def collate(self, prepared: Sequence[list[_Resized]]) -> list[_Batch]:
        """A batch per scale."""
        return [self._batch(at_scale) for at_scale in zip(*prepared, strict=True)]

    def maps(self, batch: list[_Batch]) -> _Maps:
        """Maps of the first scale, or the mean of all of them at that size."""
        first, *others = batch
        mean = self._maps_of(first.images)
        for count, other in enumerate(others, 1):
            add_to_mean(mean, count, self._maps_of(other.images), first.sizes, other.sizes)
        return _Maps(mean, first)

    def regions(self, maps: _Maps) -> Iterator[Regions]:
        """Text of each image."""
        settings = self._settings.postprocessor
        for probability, (height, width), factor in zip(maps.maps, maps.batch.sizes, maps.batch.scale_factors,
                                                        strict=True):
            visible = probability[:height, :width]
            polygons, scores = text_regions(visible, **settings)
            self._tell_of_limit(visible, len(polygons))
            yield Regions(in_image(polygons, factor), scores)

    def _size_of(self, width: int, height: int, scale: tuple[int, int]) -> tuple[int, int]:
        if self._settings.size is not None:
            return fitted_into(width, height, self._settings.size)
        return largest_within(width, height, scale) if self._settings.keep_ratio else self._settings.scale

    def _resized(self, image: NDArray, size: tuple[int, int]) -> _Resized:
        resized = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        return _Resized(resized, (size[0] / image.shape[1], size[1] / image.shape[0]))

    def _batch(self, resized: Sequence[_Resized]) -> _Batch:
        sizes = [(item.image.shape[0], item.image.shape[1]) for item in resized]
        height, width = (rounded_up(max(sides), STRIDE) for sides in zip(*sizes, strict=True))
        images = padded([item.image for item in resized], self._settings.size or (height, width),
                        self._settings.padding)
        return _Batch(images, sizes, [item.scale_factor for item in resized])

    def _maps_of(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._tile is None or not is_larger(images, self._tile):
            return self._network(images)
        return tiled(lambda part: self._network(np.ascontiguousarray(part)), images, self._tile)

    def _tell_of_limit(self, probability: NDArray[np.float32], found: int) -> None:
        if self._told_of_limit:
            return
        settings = self._settings.postprocessor
        warning = beyond_limit(probability, found, **{name: settings[name] for name in _FOR_LIMIT})
        if warning is not None:
            self._told_of_limit = True
            _logger.warning(warning)
