"""Batches of images and label maps on the device."""

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.structures import PixelData
from mmocr.models.textdet.data_preprocessors import TextDetDataPreprocessor
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from torch import Tensor


@MODELS.register_module()
class DBNetPPDataPreprocessor(TextDetDataPreprocessor):
    """MMOCR's preprocessor of images, which also pads label maps to the size of the batch and moves them.

    Maps keep their small dtypes; padding is 0 in the masks too, so that nothing is taught there. Samples without
    ``gt_db_maps``, as in testing, pass as they do in MMOCR. The given samples are not changed.

    Arguments are those of MMOCR's ``TextDetDataPreprocessor``.
    """

    def forward(self, data: dict[str, Any], training: bool = False) -> dict[str, Any]:
        """Normalise, pad and stack.

        Args:
            data: ``inputs``, images (3, H_i, W_i) or one batch of them, and ``data_samples``, a list, or none.
            training: Whether batch augmentations run.

        Returns:
            ``inputs``, float (N, 3, H, W), and new ``data_samples`` whose ``gt_db_maps`` are (1, H, W) each.

        Raises:
            ValueError: If some samples of a batch have label maps and others have not, or maps are larger than the
                images.
        """
        samples = data.get('data_samples') or []
        maps = [sample.gt_db_maps for sample in samples if 'gt_db_maps' in sample]
        if not maps:
            return super().forward(data, training)
        if len(maps) != len(samples):
            raise ValueError(f'DBNetPPDataPreprocessor got label maps (gt_db_maps) for {len(maps)} of {len(samples)} '
                             'samples: either all samples of a batch have them, or none.')
        data = super().forward({**data, 'data_samples': [_without_maps(sample) for sample in samples]}, training)
        size = data['inputs'].shape[-2:]
        batched = {name: self._stack([m.get(name) for m in maps], size) for name in maps[0].keys()}  # noqa: SIM118
        for i, sample in enumerate(data['data_samples']):
            sample.gt_db_maps = PixelData(**{name: batch[i] for name, batch in batched.items()})
        return data

    def _stack(self, maps: Sequence[Tensor], size: tuple[int, int]) -> Tensor:
        """Copy maps (1, H_i, W_i) into one zeroed batch (N, 1, H, W) on the device.

        Each map goes straight to its place there. Stacking on the host first would cost another pass over all of them
        in the training process, which the device waits for; stacking on the device, another copy in its memory.
        """
        batch = torch.zeros(len(maps), 1, *size, dtype=maps[0].dtype, device=self.device)
        for place, label_map in zip(batch, maps, strict=True):
            height, width = label_map.shape[-2:]
            if height > size[0] or width > size[1]:
                raise ValueError(f'DBNetPPDataPreprocessor got a label map of {height}x{width} pixels for a batch of '
                                 f'images of {size[0]}x{size[1]} pixels.')
            place[:, :height, :width].copy_(label_map, non_blocking=self._non_blocking)
        return batch


def _without_maps(sample: TextDetDataSample) -> TextDetDataSample:
    copy = sample.new()
    del copy.gt_db_maps
    return copy
