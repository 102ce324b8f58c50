"""Detecting text in images with a trained model."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from numpy.typing import NDArray

from dbnetpp_plugin.datasets.errors import BrokenImageError

from .image_io import ImagePath, ImageSource, iterate_images, read_image
from .model_building import build_model, default_scope, load_config

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


class TextDetector:
    """A model, and the test pipeline of its config, as a function of images.

    Files are oriented as the config's loader does it: as they are stored with ``color_ignore_orientation``, otherwise
    as their EXIF data ask.

    Args:
        config: Path of a config, or the config. Its ``test_dataloader.dataset.pipeline`` prepares the images.
        weights: Path or address of a checkpoint; without, the model is random.
        device: By default the first GPU where there is one, else the CPU.

    Raises:
        FileNotFoundError: If there is no such config or weights file.
        ValueError: If the weights do not fit the model, the device does not exist, or the pipeline loads no images.
    """

    def __init__(self, config: str | Path | Config, weights: str | Path | None = None,
                 device: str | torch.device | None = None) -> None:
        self.config = load_config(config)
        self._loader, steps = _split_pipeline(_test_pipeline(self.config))
        to_float32 = self._loader.get('to_float32', False)
        with default_scope(self.config):
            self._pipeline = Compose([dict(type='LoadImageFromNDArray', to_float32=to_float32), *steps])
        self.model = build_model(self.config, weights, device)

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

        Args:
            images: As in a call; an endless iterable is fine.
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
        read = self._read_all(images, on_error)
        while batch := list(islice(read, batch_size)):
            yield from self._detect(batch)

    def read(self, path: ImagePath) -> NDArray[np.uint8]:
        """Read an image file as (H, W, 3), BGR, in the orientation that detections refer to.

        Raises:
            BrokenImageError: If it is not an image that can be read.
        """
        color_type = self._loader.get('color_type', 'color')
        return read_image(path, upright=not color_type.endswith('ignore_orientation'))

    def _read_all(self, images: ImageSource | Iterable[ImageSource],
                  on_error: ErrorHandler | None) -> Iterator[tuple[str | int, NDArray[np.uint8]]]:
        for name, source in iterate_images(images):
            try:
                image = _checked(source, name) if isinstance(source, np.ndarray) else self.read(source)
            except BrokenImageError as error:
                if on_error is None:
                    raise
                on_error(name, error)
            else:
                yield name, image

    def _detect(self, batch: list[tuple[str | int, NDArray[np.uint8]]]) -> Iterator[Detection]:
        # Packing may ask for the annotations as metainfo: there are none.
        inputs = [self._pipeline(dict(img=image, img_path=str(name), instances=[])) for name, image in batch]
        with torch.inference_mode():
            samples = self.model.test_step(pseudo_collate(inputs))
        for (name, image), sample in zip(batch, samples, strict=True):
            found = sample.pred_instances
            polygons: list[NDArray[np.float32]] = [np.float32(polygon).reshape(-1, 2) for polygon in found.polygons]
            yield Detection(polygons, found.scores.cpu().numpy(), name, (image.shape[0], image.shape[1]))


def _test_pipeline(config: Config) -> list[dict[str, Any]]:
    dataset = config.get('test_dataloader', {}).get('dataset', {})
    pipeline = dataset.get('pipeline') or config.get('test_pipeline')
    if not pipeline:
        raise ValueError('the config has neither test_dataloader.dataset.pipeline nor test_pipeline')
    return pipeline


def _split_pipeline(pipeline: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The step that loads the image, and those after it, without the one that loads annotations."""
    for place, step in enumerate(pipeline):
        if _type_name(step).endswith('LoadImageFromFile'):
            return step, [later for later in pipeline[place + 1:] if not _type_name(later).endswith('Annotations')]
    raise ValueError('the test pipeline of the config has no LoadImageFromFile')


def _type_name(step: dict[str, Any]) -> str:
    return getattr(step['type'], '__name__', step['type'])


def _checked(image: NDArray, name: str | int) -> NDArray[np.uint8]:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f'an image is an array (height, width, 3) of uint8, but image {name} is {image.shape} of '
                         f'{image.dtype}')
    return image
