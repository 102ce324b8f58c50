"""Label maps of differentiable binarization, made where images are loaded: in the data workers."""

from typing import Any

from mmcv.transforms import BaseTransform
from mmocr.registry import TRANSFORMS

from dbnetpp_plugin.geometry.label_maps import label_maps


@TRANSFORMS.register_module()
class GenerateDBTargets(BaseTransform):
    """Add the four label maps that DBNet and DBNet++ are trained towards; see :mod:`.geometry.label_maps`.

    To come after every transform that moves pixels.

    Required keys: gt_polygons, gt_ignored, img or img_shape, and valid_polygon where an image was padded.

    Added keys, each (H, W):

    - gt_shrink_map: uint8, 1 inside the kernels, the shrunk text polygons.
    - gt_shrink_mask: uint8, 0 where the probability is not trained.
    - gt_threshold_map: float16, from the lower to the upper threshold.
    - gt_threshold_mask: uint8, 1 where the threshold is trained.

    Args:
        shrink_ratio: r in the distance ``D = A (1 - r^2) / L``, between 0 and 1. Text is grown by D and shrunk by
            D - 0.5 pixels.
        threshold_range: Threshold at the distance D from the outline of a text, and on it.
        min_size: Shorter side of the least rectangle around a text, in pixels, below which it is not trained on.
    """

    def __init__(
        self, shrink_ratio: float = 0.4, threshold_range: tuple[float, float] = (0.3, 0.7), min_size: float = 8
    ) -> None:
        self.shrink_ratio = shrink_ratio
        self.threshold_range = threshold_range
        self.min_size = min_size

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the maps to ``results``.

        Raises:
            ValueError: If a polygon is malformed; the message names the image.
        """
        shape = results['img'].shape[:2] if 'img' in results else tuple(results['img_shape'])
        try:
            maps = label_maps(
                results['gt_polygons'],
                results['gt_ignored'],
                shape,
                shrink_ratio=self.shrink_ratio,
                threshold_range=self.threshold_range,
                min_size=self.min_size,
                valid_polygon=results.get('valid_polygon'),
            )
        except ValueError as error:
            raise ValueError(f'{results.get("img_path", "an image without a path")}: {error}') from error
        results.update({f'gt_{name}': value for name, value in maps._asdict().items()})
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(shrink_ratio={self.shrink_ratio}, '
            f'threshold_range={self.threshold_range}, min_size={self.min_size})'
        )
