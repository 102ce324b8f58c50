"""Probability maps of a batch to quads or polygons with scores, in pixels of the original images."""

import math
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import torch
from mmengine.logging import MMLogger
from mmengine.structures import InstanceData
from mmocr.models.textdet.postprocessors.base import BaseTextDetPostProcessor
from mmocr.registry import MODELS
from mmocr.structures import TextDetDataSample
from numpy.typing import NDArray
from torch import Tensor

from dbnetpp_plugin.geometry.candidates import beyond_limit
from dbnetpp_plugin.geometry.contours import TextShape, in_image, text_regions

_RANGES = dict(mask_thr=(0, 1), min_text_score=(0, 1), min_text_width=(0, math.inf), unclip_ratio=(0, math.inf),
               epsilon_ratio=(0, 1), max_candidates=(1, math.inf))
_FOR_LIMIT = ('mask_thr', 'min_text_width', 'unclip_ratio', 'max_candidates')


@MODELS.register_module()
class DBNetPPPostprocessor(BaseTextDetPostProcessor):
    """What :func:`~dbnetpp_plugin.geometry.contours.text_regions` finds, as ``pred_instances`` of the data samples.

    Arguments have the names and defaults that they have in MMOCR's ``DBPostprocessor``; what differs in the results is
    listed in :mod:`dbnetpp_plugin.geometry.contours`. Also, whatever the network sees in the padding at the right and
    the bottom of an image is cut off, and coordinates are not rounded.

    ``train_cfg`` and ``test_cfg`` may override ``mask_thr``, ``min_text_score``, ``min_text_width``, ``unclip_ratio``,
    ``epsilon_ratio`` and ``max_candidates``. The first image that seems to have text beyond ``max_candidates`` gets a
    warning.

    Args:
        text_repr_type: ``'quad'``: rectangles at any angle, 4 points; ``'poly'``: outlines, for curved text.
        rescale_fields: What of the predictions is scaled to the original image; ``None`` leaves pixels of the map.
        mask_thr: Pixels of a higher probability are text.
        min_text_score: Regions of a lower mean probability are dropped.
        min_text_width: Regions narrower than this, in pixels of the map, are dropped.
        unclip_ratio: r' in the distance ``A' r' / L'`` by which regions are grown.
        epsilon_ratio: Outlines are simplified to within this part of their length.
        max_candidates: Most regions of an image that are scored, the largest.
        train_cfg: Overrides while training.
        test_cfg: Overrides while testing.

    Raises:
        ValueError: If ``text_repr_type`` is unknown or a number is out of its range.
    """

    def __init__(self, text_repr_type: TextShape = 'poly', rescale_fields: Sequence[str] | None = ('polygons',),
                 mask_thr: float = 0.3, min_text_score: float = 0.3, min_text_width: float = 5,
                 unclip_ratio: float = 1.5, epsilon_ratio: float = 0.01, max_candidates: int = 3000,
                 train_cfg: dict | None = None, test_cfg: dict | None = None) -> None:
        if text_repr_type not in get_args(TextShape):
            raise ValueError(f"text_repr_type of DBNetPPPostprocessor is 'quad' or 'poly', got {text_repr_type!r}")
        fields = None if rescale_fields is None else list(rescale_fields)
        if fields not in (None, [], ['polygons']):
            raise ValueError(f"DBNetPPPostprocessor can rescale the field 'polygons', got rescale_fields={fields}")
        super().__init__(text_repr_type, fields, train_cfg, test_cfg)
        self.settings = dict(mask_thr=mask_thr, min_text_score=min_text_score, min_text_width=min_text_width,
                             unclip_ratio=unclip_ratio, epsilon_ratio=epsilon_ratio, max_candidates=max_candidates)
        for overrides in ({}, train_cfg or {}, test_cfg or {}):
            _check_settings(self.settings | overrides)
        self._told_of_limit = False

    def split_results(self, pred_results: Tensor | Sequence[Tensor]) -> list[NDArray[np.float32]]:
        """Copy the maps to the host, in one piece and in the precision that they have, then make them float32.

        Args:
            pred_results: (N, H, W) or (N, 1, H, W), or a sequence whose first item is that.

        Returns:
            N maps (H, W).

        Raises:
            ValueError: If the maps have another shape.
        """
        maps = pred_results if isinstance(pred_results, Tensor) else pred_results[0]
        if maps.ndim == 4 and maps.shape[1] == 1:
            maps = maps[:, 0]
        if maps.ndim != 3:
            raise ValueError('DBNetPPPostprocessor expects probability maps of the shape (N, H, W), '
                             f'got {tuple(maps.shape)}')
        return list(maps.detach().cpu().to(torch.float32).numpy())

    def get_text_instances(self, pred_results: NDArray[np.float32], data_sample: TextDetDataSample,
                           **overrides: Any) -> TextDetDataSample:
        """Find the text of one image.

        Args:
            pred_results: (H, W), probability map, as large as the padded image or larger.
            data_sample: Of the image; ``img_shape`` says how much of the map is image, without it all is.
            **overrides: Of the settings, from ``train_cfg`` or ``test_cfg``.

        Returns:
            The data sample, with new ``pred_instances``: ``polygons``, a list of (2K,) float32 arrays in pixels of the
            map, and ``scores``, a float32 tensor (N,).

        Raises:
            ValueError: If the map is smaller than the image, or holds NaN.
        """
        probability, settings = _without_padding(pred_results, data_sample), self.settings | overrides
        regions = text_regions(probability, self.text_repr_type, **settings)
        self._tell_of_limit(probability, len(regions.polygons), settings)
        data_sample.pred_instances = InstanceData(
            polygons=[polygon.reshape(-1) for polygon in regions.polygons], scores=torch.from_numpy(regions.scores))
        return data_sample

    def _tell_of_limit(self, probability: NDArray[np.float32], found: int, settings: dict[str, Any]) -> None:
        if self._told_of_limit:
            return
        warning = beyond_limit(probability, found, **{name: settings[name] for name in _FOR_LIMIT})
        if warning is not None:
            self._told_of_limit = True
            MMLogger.get_current_instance().warning(warning)

    def _process_single(self, pred_result: NDArray[np.float32], data_sample: TextDetDataSample,
                        **overrides: Any) -> TextDetDataSample:
        if self.rescale_fields and 'scale_factor' not in data_sample.metainfo:
            raise ValueError('DBNetPPPostprocessor needs the scale_factor of each image: add it to meta_keys where the '
                             'test pipeline packs its inputs, or set rescale_fields=None for pixels of the map')
        return super()._process_single(pred_result, data_sample, **overrides)

    def rescale(self, results: TextDetDataSample, scale_factor: Sequence[float]) -> TextDetDataSample:
        """Scale the predicted polygons back to the original image, as float32.

        Args:
            results: With ``pred_instances``.
            scale_factor: ``(width, height)`` of the map over those of the original image.

        Returns:
            The given data sample.
        """
        polygons = [polygon.reshape(-1, 2) for polygon in results.pred_instances.polygons]
        results.pred_instances.polygons = [polygon.reshape(-1) for polygon in in_image(polygons, scale_factor)]
        return results


def _without_padding(prob_map: NDArray[np.float32], data_sample: TextDetDataSample) -> NDArray[np.float32]:
    height, width = data_sample.metainfo.get('img_shape', prob_map.shape)[:2]
    if height > prob_map.shape[0] or width > prob_map.shape[1]:
        raise ValueError(f'DBNetPPPostprocessor got a probability map of (height, width) {prob_map.shape} '
                         f'for an image of {(height, width)}')
    return prob_map[:height, :width]


def _check_settings(settings: dict[str, float]) -> None:
    unknown = sorted(settings.keys() - _RANGES.keys())
    if unknown:
        raise ValueError(f'DBNetPPPostprocessor has no setting {unknown[0]!r}, only {", ".join(_RANGES)}')
    for name, (low, high) in _RANGES.items():
        if not low <= settings[name] <= high:
            raise ValueError(f'{name} of DBNetPPPostprocessor lies in [{low}, {high}], got {settings[name]}')
