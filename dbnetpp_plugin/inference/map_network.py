"""The part of a detection model that ends in maps."""

from typing import Any

from mmengine.model import BaseModel
from mmocr.models.textdet.detectors.single_stage_text_detector import SingleStageTextDetector
from torch import Tensor, nn

from .batch_norm_folding import fused


def fused_to_maps(model: BaseModel) -> nn.Module | None:
    """From normalised images to what the head gives, with batch normalisation folded into the convolutions.

    Args:
        model: In evaluation mode. It is not changed.

    Returns:
        A copy of the backbone, neck and head; ``None`` if finding text in maps is no part of its own in the model.
    """
    if isinstance(model, SingleStageTextDetector) and getattr(model.det_head, 'postprocessor', None) is not None:
        return fused(to_maps(model).eval())
    return None


def to_maps(model: SingleStageTextDetector) -> nn.Module:
    """From normalised images (N, 3, H, W) to what the head gives, on the modules of the model themselves."""
    return _ToMaps(model)


class _ToMaps(nn.Module):
    """As a module, so that copies of it can be made and changed."""

    def __init__(self, model: SingleStageTextDetector) -> None:
        super().__init__()
        self.backbone, self.neck, self.det_head = model.backbone, getattr(model, 'neck', None), model.det_head

    def forward(self, images: Tensor) -> Any:
        features = self.backbone(images)
        return self.det_head(features if self.neck is None else self.neck(features), None)
