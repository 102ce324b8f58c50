"""Several views of an image, and one result: what ``mim test --tta`` runs."""

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.model import BaseTTAModel
from mmengine.structures import PixelData
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from torch import Tensor
from torch.nn import functional

# Dimensions of (H, W) that undo a flip of MMCV's RandomFlip.
_MIRRORED = {None: (), 'horizontal': (-1,), 'vertical': (-2,), 'diagonal': (-2, -1)}


@MODELS.register_module()
class DBNetPPTTAModel(BaseTTAModel):
    """Finds text in the mean of the maps of several views of each image.

    Views may differ in size and in ``RandomFlip``. Each map is cut to its image, mirrored back and resized to that of
    the largest view; the postprocessor runs once, on the mean. Merging outlines instead would have to decide which of
    two that overlap is right.

    Works with detectors whose head gives one map, of this package and MMOCR's ``DBHead``.

    Args:
        module: The detector, a config or a module.
        data_preprocessor: As for mmengine's ``BaseTTAModel``.

    Raises:
        ValueError: In ``test_step``, if the head gives no such map, or an image was flipped in an unknown direction.
    """

    def test_step(self, data: dict[str, Sequence]) -> Sequence[TextDetDataSample]:
        """Predict.

        Args:
            data: ``inputs`` and ``data_samples``, each a list of views, of which each is a list of images.

        Returns:
            One data sample per image, that of its largest view, with ``pred_instances``.
        """
        with torch.no_grad():
            views = [self._maps(dict(zip(data, view, strict=True))) for view in zip(*data.values(), strict=True)]
            return self.merge_preds(list(zip(*views, strict=True)))

    def merge_preds(self, data_samples_list: Sequence[Sequence[TextDetDataSample]]) -> Sequence[TextDetDataSample]:
        """Find the text in the mean of ``pred_map`` of all views of each image.

        Args:
            data_samples_list: Per image, a data sample per view.

        Returns:
            A data sample per image.
        """
        return [self._merged(samples) for samples in data_samples_list]

    def _maps(self, batch: dict[str, Any]) -> Sequence[TextDetDataSample]:
        """The data samples of a view, each with its part of the map, mirrored back."""
        data = self.module.data_preprocessor(batch, False)
        maps = self.module(**data, mode='tensor')
        if not isinstance(maps, Tensor) or maps.ndim != 3:
            raise ValueError(f'DBNetPPTTAModel takes the mean of maps (N, H, W), but {type(self.module).__name__} '
                             'gives none.')
        for sample, prob_map in zip(data['data_samples'], maps.float(), strict=True):
            height, width = sample.img_shape[:2]
            direction = sample.get('flip_direction') if sample.get('flip') else None
            if direction not in _MIRRORED:
                raise ValueError(f'DBNetPPTTAModel cannot undo a flip in the direction {direction!r}, only '
                                 'horizontal, vertical and diagonal ones.')
            sample.pred_map = PixelData(probability=prob_map[None, :height, :width].flip(_MIRRORED[direction]))
        return data['data_samples']

    def _merged(self, samples: Sequence[TextDetDataSample]) -> TextDetDataSample:
        maps = [sample.pred_map.probability[None] for sample in samples]
        largest = max(range(len(maps)), key=lambda index: maps[index].numel())
        size = maps[largest].shape[-2:]
        mean = torch.stack([
            view if view.shape[-2:] == size else
            functional.interpolate(view, size, mode='bilinear', align_corners=False) for view in maps]).mean(dim=0)
        sample = samples[largest]
        del sample.pred_map
        return self.module.det_head.postprocessor(mean[0], [sample])[0]
