"""Detecting text in images with a trained model."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray

from dbnetpp_plugin.datasets.errors import BrokenImageError
from dbnetpp_plugin.deploy import OnnxModel, is_onnx

from .bundled import DETECTOR, or_bundled
from .image_io import ImagePath, ImageSource, iterate_images, read_image
from .model_building import build_model, default_scope, load_config
from .network import Network
from .overlap import overlapped
from .pipelines import test_steps

ErrorHandler = Callable[[str | int, BrokenImageError], None]
Named = tuple[str | int, ImageSource]


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
    inputs: dict[str, Any] | None  # None if there are no frames
    broken: list[tuple[str | int, BrokenImageError]]


class TextDetector:
    """A model, and the test pipeline of its config, as a function of images.

    Files are oriented as the config's loader does it: as they are stored with ``color_ignore_orientation``, otherwise
    as their EXIF data ask.

    Args:
        config: Path of a config, or the config. Its ``test_dataloader.dataset.pipeline`` prepares the images. Without,
            the detector that comes with the package is taken.
        weights: Path or address of a checkpoint; without, the model of a config is random. Or path of an ONNX file that
            ``tools/export_onnx.py`` wrote, which holds its config.
        device: By default the first GPU where there is one, else the CPU. ONNX files run on the CPU.
        precision: ``'float32'``, ``'bfloat16'`` or ``'float16'``, see :class:`.network.Network`.
        scales: Sizes at which each image is looked at, relative to that of the test pipeline. With several, text is
            found in the mean of their maps.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ImportError: If an ONNX file is given and onnxruntime is missing.
        ValueError: If the weights do not fit the model, the device does not exist, the pipeline loads no images, or the
            precision or the scales are no such thing; for an ONNX file with a config or on another device.
    """

    def __init__(self, config: str | Path | Config | None = None, weights: str | Path | None = None,
                 device: str | torch.device | None = None, *, precision: str = 'float32',
                 scales: Sequence[float] = (1.0,)) -> None:
        model: BaseModel | OnnxModel
        if is_onnx(weights):
            if config is not None or device not in (None, 'cpu', torch.device('cpu')):
                raise ValueError(f'the ONNX file {weights} holds its config and runs on the CPU')
            model = OnnxModel(str(weights))
            self.config = model.config
        else:
            config, weights = or_bundled(DETECTOR, config, weights)
            self.config = load_config(config)
            model = build_model(self.config, weights, device)
        self._loader, steps = test_steps(self.config)
        to_float32 = self._loader.get('to_float32', False)
        with default_scope(self.config):
            self._pipeline = Compose([dict(type='LoadImageFromNDArray', to_float32=to_float32), *steps])
        self._network = Network(model, precision, scales)

    def __call__(self, images: ImageSource | Iterable[ImageSource], batch_size: int = 1) -> list[Detection]:
        """Detect text in all images.

        Args:
            images: A path, folder or pattern; an array (H, W, 3), uint8, BGR; or an iterable of these.
            batch_size: How many images the model sees at once. Within a batch, smaller ones are padded.

        Returns:
            One detection an image, in order. See :meth:`stream` to have each as soon as it is there.

        Raises:
            BrokenImageError: If a file is not an image that can be read.
            FileNotFoundError: If there is nothing at a path.
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
            on_error: Called with the name of a file that cannot be read, and the error; the file is left out. Without
                it, the error is raised.

        Yields:
            One detection an image, in order.

        Raises:
            BrokenImageError, FileNotFoundError, ValueError: As in a call.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')

        def maps(batch: _Batch) -> tuple[_Batch, Any]:
            for name, error in batch.broken:
                if on_error is None:
                    raise error
                on_error(name, error)
            return batch, self._network.maps(batch.inputs) if batch.inputs else None

        for found in overlapped(_batches(iterate_images(images), batch_size), self._prepared, maps, self._detections):
            yield from found

    def read(self, path: ImagePath) -> NDArray[np.uint8]:
        """Read an image file as (H, W, 3), BGR, in the orientation that detections refer to.

        Raises:
            BrokenImageError: If it is not an image that can be read.
        """
        color_type = self._loader.get('color_type', 'color')
        return read_image(path, upright=not color_type.endswith('ignore_orientation'))

    def _prepared(self, sources: Sequence[Named]) -> _Batch:
        frames, inputs, broken = [], [], []
        for name, source in sources:
            try:
                image = _checked(source, name) if isinstance(source, np.ndarray) else self.read(source)
            except BrokenImageError as error:
                broken.append((name, error))
            else:
                frames.append((name, (image.shape[0], image.shape[1])))
                # Packing may ask for the annotations as metainfo: there are none.
                inputs.append(self._pipeline(dict(img=image, img_path=str(name), instances=[])))
        return _Batch(frames, pseudo_collate(inputs) if inputs else None, broken)

    def _detections(self, found: tuple[_Batch, Any]) -> list[Detection]:
        batch, maps = found
        samples = self._network.texts(*maps) if maps is not None else []
        return [_detection(name, size, sample) for (name, size), sample in zip(batch.frames, samples, strict=True)]


def _batches(sources: Iterator[Named], size: int) -> Iterator[list[Named]]:
    while batch := list(islice(sources, size)):
        yield batch


def _detection(name: str | int, size: tuple[int, int], sample: TextDetDataSample) -> Detection:
    found = sample.pred_instances
    polygons: list[NDArray[np.float32]] = [np.float32(polygon).reshape(-1, 2) for polygon in found.polygons]
    return Detection(polygons, found.scores.cpu().numpy(), name, size)


def _checked(image: NDArray, name: str | int) -> NDArray[np.uint8]:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f'an image is an array (height, width, 3) of uint8, but image {name} is {image.shape} of '
                         f'{image.dtype}')
    return image
