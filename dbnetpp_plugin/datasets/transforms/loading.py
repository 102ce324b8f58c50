"""Loading image files without decoding them yet.

How large an image is needed is known only after the crop is drawn. A JPEG is decoded to 1/2, 1/4 or 1/8 of its size in
a fraction of the time, so the loader hands on the encoded file, and whoever needs the pixels calls
:func:`dbnetpp_plugin.images.decoding.decode_reduced`.
"""

from functools import partial
from typing import Any

import mmengine.fileio as fileio
from mmcv.transforms import BaseTransform
from mmocr.registry import TRANSFORMS

from dbnetpp_plugin.images.loading import load_encoded


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
