"""Detecting text in images with a trained model."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray

from dbnetpp_plugin.config import default_scope, load_config, test_steps
from dbnetpp_plugin.deploy import is_onnx
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.listing import ImagePath
from dbnetpp_plugin.images.sources import ImageSource, NamedSource, iterate_images, load_image
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.network import Network
from dbnetpp_plugin.inference.onnx_model import OnnxModel
from dbnetpp_plugin.inference.prefetch import prefetched
from dbnetpp_plugin.inference.pretrained import DETECTOR, or_pretrained
from dbnetpp_plugin.inference.resizing import with_size

NARROW = 64  # times as long as wide: nothing may be left of the shorter side of such images
ErrorHandler = Callable[[str | int, BrokenImageError], None]


@dataclass(frozen=True, eq=False)
class Detection:
    """Text found in one image."""

    polygons: list[NDArray[np.float32]]
    """N arrays (K, 2) of image pixels, x before y, clockwise."""
    scores: NDArray[np.float32]
    """(N,), in [0, 1]."""
    image: str | int
    """Path of the file, or place of the array among the images given, from 0."""
    size: tuple[int, int]
    """``(height, width)`` of the image."""


class _Batch(NamedTuple):
    """Images that go through the model together, and files that were to be among them."""

    frames: list[tuple[str | int, tuple[int, int]]]  # name, (height, width)
    inputs: list[dict[str, Any]]  # one per scale; none if there are no frames
    broken: list[tuple[str | int, BrokenImageError]]


class TextDetector:
    """A model, and the test pipeline of its config, as a function of images.

    Files are oriented as the config's loader does it: as they are stored with ``color_ignore_orientation``, otherwise
    as their EXIF data ask.

    Args:
        config: Path of a config, or the config. Its ``test_dataloader.dataset.pipeline`` prepares the images. Without,
            the detector that comes with the package is taken.
        weights: Path or address of a checkpoint; without, the model of a config is random. Or path of an ONNX file that
            ``dbnetpp export`` wrote, which holds its config.
        device: By default the first GPU where there is one, else the CPU. ONNX files run on the CPU.
        precision: ``'float32'``, ``'bfloat16'`` or ``'float16'``, see
            :class:`dbnetpp_plugin.inference.network.Network`.
        size: Shorter side of the image that the network sees, in pixels; by default that of the test pipeline.
        max_size: Most pixels of the longer side; by default that of the test pipeline.
        scales: Sizes at which each image is looked at, relative to ``size``; beyond 1 the image itself is enlarged.
            With several, text is found in the mean of their maps, at the largest.
        tile: Side of the tiles, in pixels, in which larger images go through the network, so that memory is bounded;
            the maps are put together before text is found in them. By default images are not divided.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ImportError: If an ONNX file is given and onnxruntime is missing.
        ValueError: If the weights do not fit the model, the device does not exist, the pipeline loads no images, or the
            precision or the scales are no such thing; for an ONNX file with a config or on another device.
    """

    def __init__(self, config: str | Path | Config | None = None, weights: str | Path | None = None,
                 device: str | torch.device | None = None, *, precision: str = 'float32',
                 size: int | None = None, max_size: int | None = None, scales: Sequence[float] = (1.0,),
                 tile: int | None = None) -> None:
        model: BaseModel | OnnxModel
        if is_onnx(weights):
            if config is not None or device not in (None, 'cpu', torch.device('cpu')):
                raise ValueError(f'the ONNX file {weights} holds its config and runs on the CPU')
            model = OnnxModel(str(weights))
            self.config = model.config
        else:
            config, weights = or_pretrained(DETECTOR, config, weights)
            self.config = load_config(config)
            model = build_model(self.config, weights, device)
        self._loader, steps = test_steps(self.config)
        to_float32 = self._loader.get('to_float32', False)
        if not scales or min(scales) <= 0:
            raise ValueError(f'scales are positive numbers, at least one, got {tuple(scales)}')
        with default_scope(self.config):
            self._pipelines = [
                Compose([dict(type='LoadImageFromNDArray', to_float32=to_float32),
                         *with_size(steps, size, max_size, scale)])
                for scale in sorted(scales, reverse=True)]  # the mean is taken at the largest
        self._network = Network(model, precision, tile)

    def __call__(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1) -> list[Detection]:
        """Detect text in all images.

        Args:
            images: A path, folder or pattern; bytes; an open file; a Pillow image; an array, uint8, (H, W), (H, W, 3)
                as BGR, or (H, W, 4) as BGRA; or an iterable of these. PDF files stand for their pages.
            batch_size: How many images the model sees at once. Within a batch, smaller ones are padded.

        Returns:
            One detection an image, in order. See :meth:`stream` to have each as soon as it is there.

        Raises:
            BrokenImageError: If a file is not an image that can be read, or nothing is left of an image when the test
                pipeline scales it, such as of 30000 x 1 pixels.
            FileNotFoundError: If there is nothing at a path.
            ImportError: If there is a PDF file, and the package that reads it is missing.
            TypeError: If an image is something else.
            ValueError: If an array is not an image, or the batch size is not positive.
        """
        return list(self.stream(images, batch_size))

    def stream(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1,
               on_error: ErrorHandler | None = None) -> Iterator[Detection]:
        """Detect text in one batch after the other; memory does not grow with the number of images.

        The next batch is read, and text is found in the maps of the one before, while the network works.

        Args:
            images: As in a call; an endless iterable is fine. It is up to two batches ahead of the detections.
            batch_size: As in a call.
            on_error: Called with the name of an image that is missing or cannot be read, and the error; the image is
                left out. Without it, the error is raised.

        Yields:
            One detection an image, in order.

        Raises:
            BrokenImageError, FileNotFoundError, ImportError, TypeError, ValueError: As in a call.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        named = iterate_images(images, forgiving=on_error is not None)

        def maps(batch: _Batch) -> tuple[_Batch, Any]:
            for name, error in batch.broken:
                if on_error is None:
                    raise error
                on_error(name, error)
            return batch, self._network.maps(batch.inputs[0], batch.inputs[1:]) if batch.inputs else None

        for found in prefetched(_batches(named, batch_size), self._prepared, maps, self._detections):
            yield from found

    def read(self, path: ImagePath) -> NDArray[np.uint8]:
        """Read an image file as (H, W, 3), BGR, in the orientation that detections refer to.

        Raises:
            BrokenImageError: If it is not an image that can be read.
        """
        return self.load(NamedSource(str(path), path))

    def load(self, named: NamedSource) -> NDArray[np.uint8]:
        """Load an image of any kind as :meth:`read` does.

        Raises:
            BrokenImageError, TypeError, ValueError: As :func:`.images.sources.load_image`.
        """
        color_type = self._loader.get('color_type', 'color')
        return load_image(named, upright=not color_type.endswith('ignore_orientation'))

    def _prepared(self, sources: Sequence[NamedSource]) -> _Batch:
        frames, inputs, broken = [], [], []
        for named in sources:
            name = named.name
            try:
                image = self.load(named)
                packed = self._packed(image, name)
            except BrokenImageError as error:
                broken.append((name, error))
            else:
                frames.append((name, (image.shape[0], image.shape[1])))
                inputs.append(packed)
        return _Batch(frames, [pseudo_collate(at_scale) for at_scale in zip(*inputs, strict=True)], broken)

    def _packed(self, image: NDArray[np.uint8], name: str | int) -> list[dict[str, Any]]:
        """What the pipelines make of an image, one result per scale."""
        try:
            # Packing may ask for the annotations as metainfo: there are none.
            return [pipeline(dict(img=image, img_path=str(name), instances=[])) for pipeline in self._pipelines]
        except (cv2.error, ZeroDivisionError) as error:
            height, width = image.shape[:2]
            if max(height, width) < NARROW * min(height, width):  # then the pipeline is to blame
                raise
            raise BrokenImageError(f'image {name} of {width} x {height} pixels is too long and narrow: nothing is left '
                                   'of its shorter side when the longer one is scaled to fit') from error

    def _detections(self, found: tuple[_Batch, Any]) -> list[Detection]:
        batch, maps = found
        samples = self._network.texts(*maps) if maps is not None else []
        return [_detection(name, size, sample) for (name, size), sample in zip(batch.frames, samples, strict=True)]


def _batches(sources: Iterator[NamedSource], size: int) -> Iterator[list[NamedSource]]:
    while batch := list(islice(sources, size)):
        yield batch


def _detection(name: str | int, size: tuple[int, int], sample: TextDetDataSample) -> Detection:
    found = sample.pred_instances
    polygons: list[NDArray[np.float32]] = [np.float32(polygon).reshape(-1, 2) for polygon in found.polygons]
    return Detection(polygons, found.scores.cpu().numpy(), name, size)
