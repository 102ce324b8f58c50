"""Detection with PyTorch: the test pipeline of a config, a model, and its postprocessor."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from numpy.typing import NDArray

from dbnetpp_plugin.config import default_scope, test_steps
from dbnetpp_plugin.pipelines.detector import Regions
from dbnetpp_plugin.pipelines.resizing import check_scales

from .network import Network
from .resizing import with_size


class TorchDetection:
    """A detection model of a config as a :class:`dbnetpp_plugin.pipelines.detector.DetectionEngine`.

    Args:
        model: In evaluation mode.
        config: With the test pipeline.
        precision: As of :class:`.network.Network`.
        size: As of :func:`.resizing.with_size`.
        max_size: As of :func:`.resizing.with_size`.
        scales: Sizes at which each image is looked at, relative to ``size``.
        tile: As of :class:`.network.Network`.

    Raises:
        ValueError: If the pipeline loads no images, or an option is no such thing.
    """

    def __init__(self, model: BaseModel, config: Config, precision: str, size: int | None, max_size: int | None,
                 scales: Sequence[float], tile: int | None) -> None:
        loader, steps = test_steps(config)
        self.upright = not loader.get('color_type', 'color').endswith('ignore_orientation')
        to_float32 = loader.get('to_float32', False)
        with default_scope(config):
            self._pipelines = [
                Compose([dict(type='LoadImageFromNDArray', to_float32=to_float32),
                         *with_size(steps, size, max_size, scale)])
                for scale in check_scales(tuple(scales))]  # the mean is taken at the largest
        self._network = Network(model, precision, tile)

    def prepare(self, image: NDArray[np.uint8], name: str) -> list[dict[str, Any]]:
        """What the pipelines make of an image, one result per scale."""
        # Packing may ask for the annotations as metainfo: there are none.
        return [pipeline(dict(img=image, img_path=name, instances=[])) for pipeline in self._pipelines]

    def collate(self, prepared: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """A batch per scale."""
        return [pseudo_collate(at_scale) for at_scale in zip(*prepared, strict=True)]

    def maps(self, batch: list[dict[str, Any]]) -> Any:
        """What :meth:`regions` takes."""
        return self._network.maps(batch[0], batch[1:])

    def regions(self, maps: Any) -> Iterator[Regions]:
        """Text of each image."""
        for sample in self._network.texts(*maps):
            found = sample.pred_instances
            yield Regions([np.float32(polygon).reshape(-1, 2) for polygon in found.polygons],
                          found.scores.cpu().numpy())
