"""The part of a detection model that ends in maps."""

from typing import Any

from mmengine.logging import MMLogger
from mmengine.model import BaseModel
from mmocr.models.textdet.detectors.single_stage_text_detector import SingleStageTextDetector
from mmocr.models.textdet.heads import BaseTextDetHead, DBHead
from torch import Tensor, nn

from .batch_norm_folding import fused


def fused_to_maps(model: BaseModel) -> nn.Module | None:
    """From normalised images to what the head gives, with batch normalisation folded into the convolutions.

    Args:
        model: In evaluation mode. It is not changed.

    Returns:
        A copy of the backbone, neck and head; ``None`` if finding text in maps is no part of its own in the model, as
        where a network for boxes is run, or where the head needs more than features.
    """
    if not _has_halves(model):
        return None
    try:
        return fused(to_maps(model))
    except Exception as error:  # whatever a head of any kind raises; the whole model raises it again if it is at fault
        MMLogger.get_current_instance().warning(
            f'{type(model).__name__} is run as a whole: without the data samples of images, its head '
            f'{type(model.det_head).__name__} raised {type(error).__name__}: {error}')
        return None


def _has_halves(model: BaseModel) -> bool:
    """Whether predicting is nothing but backbone, neck, head and postprocessor, one after the other."""
    if not isinstance(model, SingleStageTextDetector) or getattr(model.det_head, 'postprocessor', None) is None:
        return False
    own = type(model)
    return (own.predict is SingleStageTextDetector.predict and own.extract_feat is SingleStageTextDetector.extract_feat
            and type(model.det_head).predict in (BaseTextDetHead.predict, DBHead.predict))


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
