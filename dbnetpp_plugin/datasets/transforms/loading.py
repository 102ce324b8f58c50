"""Loading image files: for training without decoding them yet, for testing as a detector reads them.

How large an image is needed is known only after the crop is drawn. A JPEG is decoded to 1/2, 1/4 or 1/8 of its size in
a fraction of the time, so the loader hands on the encoded file, and whoever needs the pixels calls
:func:`dbnetpp_plugin.images.decoding.decode_reduced`. Testing needs the whole image, from the same decoder.
"""

import copy
from functools import partial
from typing import Any

import cv2
import mmengine.fileio as fileio
import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.dataset import Compose
from mmengine.logging import MMLogger
from mmocr.datasets.transforms import LoadImageFromFile
from mmocr.registry import TRANSFORMS

from dbnetpp_plugin.images.decoding import decode_image
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.loading import load_encoded

DEFAULT_BACKEND = 'cv2'  # of MMOCR's LoadImageFromFile
# Value of color_type -> whether the image is turned as EXIF asks, and whether it becomes grey.
COLOR_TYPES = {'color': (True, False), 'color_ignore_orientation': (False, False),
               'grayscale': (True, True), 'grayscale_ignore_orientation': (False, True)}


@TRANSFORMS.register_module()
class LoadEncodedImage(BaseTransform):
    """Load the bytes of an image file, and its size from the header.

    Takes the place of ``LoadImageFromFile`` before ``DBTextAugment``, which decodes.

    Required Keys:

    - img_path

    Added Keys:

    - img_bytes: The content of the file.
    - img_shape, ori_shape: ``(height, width)``. EXIF orientation is ignored.

    Args:
        backend_args: Where files are loaded from, as for MMOCR's ``LoadImageFromFile``.

    Raises:
        BrokenImageError: If the file is missing, empty, truncated, or not an image.
    """

    def __init__(self, backend_args: dict | None = None) -> None:
        self.backend_args = backend_args

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        data, header = load_encoded(results['img_path'], partial(fileio.get, backend_args=self.backend_args))
        shape = header.height, header.width
        return {**results, 'img_bytes': data, 'img_shape': shape, 'ori_shape': shape}

    def __repr__(self) -> str:
        return f'{type(self).__name__}(backend_args={self.backend_args})'


@TRANSFORMS.register_module()
class LoadImage(BaseTransform):
    """Load an image file as training and ``TextDetector`` see it.

    What is transparent is put on white, 32-bit pixels are scaled, and so on, see
    :mod:`dbnetpp_plugin.images.decoding`. A truncated file is an error, and not an image with a grey lower part.

    Test pipelines name MMOCR's ``LoadImageFromFile``, for which MMOCR's inferencers look there; ``TextDetDataset`` puts
    this transform in its place, see :func:`with_own_decoder`.

    Required Keys:

    - img_path

    Added Keys:

    - img: (H, W, 3), BGR, or (H, W) for grey.
    - img_shape, ori_shape: ``(height, width)``.

    Args:
        color_type: ``'color'`` or ``'grayscale'``, turned as EXIF asks; ``'color_ignore_orientation'`` or
            ``'grayscale_ignore_orientation'``, as stored.
        to_float32: Whether pixels become float32.
        min_size: Shorter sides are refused, in pixels.
        ignore_empty: Whether a broken file is a warning, and no result.
        backend_args: Where files are loaded from, as for MMOCR's ``LoadImageFromFile``.

    Raises:
        BrokenImageError: If the file is missing, empty, truncated, not an image, or smaller than ``min_size``.
        ValueError: If there is no such ``color_type``.
    """

    def __init__(self, color_type: str = 'color', to_float32: bool = False, min_size: int = 0,
                 ignore_empty: bool = False, backend_args: dict | None = None) -> None:
        if color_type not in COLOR_TYPES:
            raise ValueError(f'the color_type of LoadImage is one of {", ".join(COLOR_TYPES)}, got {color_type!r}')
        self.color_type, self.to_float32, self.min_size = color_type, to_float32, min_size
        self.ignore_empty, self.backend_args = ignore_empty, backend_args

    def transform(self, results: dict[str, Any]) -> dict[str, Any] | None:
        try:
            image = self._decoded(results['img_path'])
        except BrokenImageError as error:
            if not self.ignore_empty:
                raise
            MMLogger.get_current_instance().warning(str(error))
            return None
        shape = image.shape[:2]
        return {**results, 'img': image, 'img_shape': shape, 'ori_shape': shape}

    def _decoded(self, path: str) -> np.ndarray:
        upright, is_grey = COLOR_TYPES[self.color_type]
        data, header = load_encoded(path, partial(fileio.get, backend_args=self.backend_args))
        image = decode_image(data, path, upright, header)
        if min(image.shape[:2]) < self.min_size:
            raise BrokenImageError(f'image file {path} has a side shorter than {self.min_size} pixels')
        pixels = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if is_grey else image
        return pixels.astype(np.float32) if self.to_float32 else pixels

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(color_type={self.color_type!r}, to_float32={self.to_float32}, '
                f'min_size={self.min_size}, ignore_empty={self.ignore_empty}, backend_args={self.backend_args})')


def with_own_decoder(pipeline: Compose) -> Compose:
    """A pipeline in which :class:`LoadImage` stands where MMOCR's ``LoadImageFromFile`` decodes by its default.

    One that names another decoder (``imdecode_backend``), another kind of colours, or old arguments keeps it.
    """
    result = copy.copy(pipeline)  # of whatever kind: tools put their own in
    result.transforms = [_own(step) for step in pipeline.transforms]
    return result


def _own(step: Any) -> Any:
    is_default = (type(step) is LoadImageFromFile and step.imdecode_backend == DEFAULT_BACKEND
                  and step.color_type in COLOR_TYPES and step.file_client_args is None)
    return LoadImage(step.color_type, step.to_float32, step.min_size, step.ignore_empty,
                     step.backend_args) if is_default else step
