"""Loading image files: for training without decoding them yet, for testing as a detector reads them.

How large an image is needed is known only after the crop is drawn. A JPEG is decoded to 1/2, 1/4 or 1/8 of its size in
a fraction of the time, so the loader hands on the encoded file, and whoever needs the pixels calls
:func:`dbnetpp_plugin.images.decoding.decode_reduced`. Testing needs the whole image, from the same decoder.
"""

from functools import partial
from typing import Any

import cv2
import mmengine.fileio as fileio
import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.logging import MMLogger
from mmocr.datasets.transforms import LoadImageFromFile as MMOCRLoadImageFromFile
from mmocr.registry import TRANSFORMS

from dbnetpp_plugin.images.decoding import decode_image
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.loading import load_encoded

BACKEND = 'dbnetpp'  # name of the decoder of this package, beside those of MMCV
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


@TRANSFORMS.register_module(force=True)
class LoadImageFromFile(MMOCRLoadImageFromFile):
    """MMOCR's ``LoadImageFromFile``, with the decoder of this package as one more ``imdecode_backend``.

    ``imdecode_backend='dbnetpp'`` gives the pixels that ``LoadEncodedImage`` gives in training and ``TextDetector``
    gives in use: what is transparent is put on white, 32-bit pixels are scaled, and so on, see
    :mod:`dbnetpp_plugin.images.decoding`. A file that is truncated is an error, and not an image with a grey lower
    part. With any other backend everything is as in MMOCR.

    It takes the place of MMOCR's under its name because MMOCR's inferencers look for that name in the test pipeline.

    Args:
        *args: As MMOCR's.
        **kwargs: As MMOCR's.

    Raises:
        BrokenImageError: With our decoder, if the file is missing, empty, truncated, not an image, or smaller than
            ``min_size``; with ``ignore_empty=True`` there is a warning instead, and no result.
        ValueError: If our decoder has no such ``color_type``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.imdecode_backend == BACKEND and self.color_type not in COLOR_TYPES:
            raise ValueError(f'imdecode_backend={BACKEND!r} has the color_type {", ".join(COLOR_TYPES)}, '
                             f'got {self.color_type!r}')

    def transform(self, results: dict[str, Any]) -> dict[str, Any] | None:
        if self.imdecode_backend != BACKEND:
            return super().transform(results)
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
