"""Packing of images and label maps for the model."""

from typing import Any

import cv2
import numpy as np
import torch
from mmengine.structures import PixelData
from mmocr.datasets.transforms import PackTextDetInputs
from mmocr.registry import TRANSFORMS
from numpy.typing import NDArray

MAPS = ('shrink_map', 'shrink_mask', 'threshold_map', 'threshold_mask')


@TRANSFORMS.register_module()
class PackDBInputs(PackTextDetInputs):
    """``PackTextDetInputs`` for training on label maps.

    Required Keys:

    - img: ``(H, W, 3)``
    - gt_shrink_map, gt_shrink_mask, gt_threshold_map, gt_threshold_mask: ``(H, W)``, from ``GenerateDBTargets``
    - those named in ``meta_keys``

    Returns a dict of:

    - inputs: ``(3, H, W)`` tensor
    - data_samples: ``TextDetDataSample`` with ``gt_db_maps``, a ``PixelData`` of ``shrink_map``, ``shrink_mask``,
      ``threshold_map`` and ``threshold_mask``, each ``(1, H, W)`` in the type it came in

    All of these tensors are views of one block of memory, which a data worker sends to the trainer as one.

    Results without any label map are packed as by ``PackTextDetInputs``, with ``gt_instances``: MMOCR's
    ``browse_dataset`` packs after every step of the pipeline, also before the maps are made. In training it is the loss
    that then asks for them.

    Args:
        meta_keys: What is kept of the results as metainfo.
        keep_instances: Whether the data sample also has ``gt_instances``, as from ``PackTextDetInputs``: polygons,
            boxes, flags and texts. Training on label maps does not need them, and each of their tensors is sent on
            its own. They are kept, too, where ``meta_keys`` has ``gt_polygons``, as ``browse_dataset`` sets it.

    Raises:
        ValueError: If some label maps are there and others are missing.
    """

    def __init__(self, meta_keys: tuple[str, ...] = ('img_path', 'ori_shape', 'img_shape', 'scale_factor'),
                 keep_instances: bool = False) -> None:
        super().__init__(meta_keys)
        self.keep_instances = keep_instances

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in MAPS if f'gt_{name}' not in results]
        if len(missing) == len(MAPS):
            return super().transform(results)
        if missing:
            raise ValueError(f'{results.get("img_path")}: PackDBInputs needs gt_{", gt_".join(missing)}; '
                             'put GenerateDBTargets before it in the pipeline')
        maps = {name: results[f'gt_{name}'][None] for name in MAPS}
        inputs, tensors = pack_together(results['img'], maps)
        keep_instances = self.keep_instances or 'gt_polygons' in self.meta_keys
        rest = results if keep_instances else {key: results[key] for key in self.meta_keys}
        rest = {key: value for key, value in rest.items() if key != 'img' or key in self.meta_keys}
        data_sample = super().transform(rest)['data_samples']
        data_sample.gt_db_maps = PixelData(**tensors)
        if not keep_instances:
            del data_sample.gt_instances
        return {'inputs': inputs, 'data_samples': data_sample}

    def __repr__(self) -> str:
        return f'{type(self).__name__}(meta_keys={self.meta_keys}, keep_instances={self.keep_instances})'


def pack_together(image: NDArray, maps: dict[str, NDArray]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Copy an image and arrays into one block of memory.

    Between processes, every block of memory costs an open file and a mapping of its own, on either side.

    Args:
        image: ``(H, W, 3)``.
        maps: Arrays by name.

    Returns:
        The image, ``(3, H, W)``, and the arrays, as views of the block.
    """
    arrays = {'': image.transpose(2, 0, 1), **maps}
    block = torch.empty(sum(array.nbytes for array in arrays.values()), dtype=torch.uint8)
    views, start = {}, 0
    # Large elements first: each view then starts at a multiple of the size of its elements.
    for name, array in sorted(arrays.items(), key=lambda item: -item[1].itemsize):
        dtype = torch.from_numpy(np.empty(0, array.dtype)).dtype
        views[name] = block[start:start + array.nbytes].view(dtype).view(array.shape)
        start += array.nbytes
    cv2.split(image, list(views[''].numpy()))  # several times faster than copying the transposed array
    for name, array in maps.items():
        views[name].numpy()[...] = array
    return views.pop(''), views
