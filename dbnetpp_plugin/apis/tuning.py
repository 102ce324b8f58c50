"""Choosing image size, mask threshold, unclip ratio and score threshold on a validation set."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmocr.registry import DATASETS, MODELS

from dbnetpp_plugin.config import default_scope, load_config, resize_step, test_pipeline
from dbnetpp_plugin.evaluation.evaluate import Point, sweep
from dbnetpp_plugin.evaluation.metrics.data_samples import read_sample
from dbnetpp_plugin.evaluation.protocols import PROTOCOLS
from dbnetpp_plugin.evaluation.text_image import TextImage
from dbnetpp_plugin.inference.model_building import build_model
from dbnetpp_plugin.inference.network import Network
from dbnetpp_plugin.inference.resizing import with_size
from dbnetpp_plugin.models.postprocessors import DBNetPPPostprocessor

UNCLIP_RATIOS = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
SCORE_THRS = tuple(step / 20 for step in range(6, 20))

Pairs = list[tuple[TextImage, TextImage]]  # ground truth and predictions of each image


class Setting(NamedTuple):
    """What is tried, but for the score threshold."""

    size: int  # shorter side of the resized image, in pixels
    mask_thr: float
    unclip_ratio: float


class Tuned(NamedTuple):
    """A setting with its best score threshold, and the figures there."""

    setting: Setting
    best: Point


class Tuner:
    """A detector and the validation set of its config, ready to try settings.

    Args:
        config: Path of a config, or the config, whose ``val_dataloader.dataset`` holds images and ground truth, and
            whose head has a :class:`.DBNetPPPostprocessor`.
        weights: Path or address of a checkpoint.
        device: By default the first GPU where there is one, else the CPU.
        precision: As :class:`.TextDetector`.

    Raises:
        FileNotFoundError: If there is no such config, weights file or annotation file.
        ValueError: If the config has no validation set or another postprocessor, or the weights do not fit.
    """

    def __init__(self, config: str | Path | Config, weights: str | Path | None, device: str | None = None,
                 precision: str = 'float32') -> None:
        self.config = load_config(config)
        self._dataset = self.config.get('val_dataloader', {}).get('dataset')
        if not self._dataset or not self._dataset.get('pipeline'):
            raise ValueError('the config has no val_dataloader.dataset with a pipeline, whose images settings are '
                             'chosen on')
        model = build_model(self.config, weights, device)
        postprocessor = getattr(getattr(model, 'det_head', None), 'postprocessor', None)
        if not isinstance(postprocessor, DBNetPPPostprocessor):
            raise ValueError(f'settings are those of DBNetPPPostprocessor, but the config has '
                             f'{type(postprocessor).__name__}')
        self._network, self._settings = Network(model, precision), postprocessor.settings
        with default_scope(self.config):
            self.images = len(DATASETS.build(self._dataset))

    @property
    def size(self) -> int:
        """Shorter side of the resized image in the config, in pixels."""
        return min(resize_step(self._dataset.pipeline)[1]['scale'])

    @property
    def mask_thr(self) -> float:
        """Mask threshold in the config."""
        return self._settings['mask_thr']

    def tune(self, sizes: Sequence[int], mask_thrs: Sequence[float], unclip_ratios: Sequence[float] = UNCLIP_RATIOS,
             score_thrs: Sequence[float] = SCORE_THRS, protocol: str = 'icdar2015',
             on_image: Callable[[], None] = lambda: None) -> list[Tuned]:
        """Try all combinations. The network sees each image once per size.

        Args:
            sizes: Shorter sides in pixels.
            mask_thrs: Pixels of a higher probability are text.
            unclip_ratios: By which regions are grown.
            score_thrs: Of which the best is chosen for each of the others.
            protocol: A key of :data:`.PROTOCOLS`; one that compares outlines only.
            on_image: Called after each image at each size.

        Returns:
            All of them, the highest hmean first.

        Raises:
            ValueError: If a number is out of its range, or there is no ground truth that counts.
        """
        tuned = []
        for size in sizes:
            pairs: dict[Setting, Pairs] = {Setting(size, *rest): [] for rest in product(mask_thrs, unclip_ratios)}
            for found in self._found(list(pairs), min(score_thrs)):
                for setting, pair in found.items():
                    pairs[setting].append(pair)
                on_image()
            tuned += [Tuned(setting, _best(sweep(of_setting, PROTOCOLS[protocol], score_thrs)))
                      for setting, of_setting in pairs.items()]
        if not tuned[0].best.tally.ground_truths:
            raise ValueError('the validation set has no text that counts, so nothing can be chosen on it')
        return sorted(tuned, key=lambda choice: -choice.best.tally.hmean)

    def options(self, tuned: Tuned) -> dict[str, Any]:
        """Values of the config's options, by their dotted names for ``--cfg-options``, that stand for a choice."""
        setting, score_thr = tuned.setting, tuned.best.score_thr
        index, step = resize_step(test_pipeline(self.config))
        scale = (max(*step['scale'], setting.size), setting.size)
        metrics = self.config.get('test_evaluator') or []
        return {
            'model.det_head.postprocessor.mask_thr': setting.mask_thr,
            'model.det_head.postprocessor.unclip_ratio': setting.unclip_ratio,
            'model.det_head.postprocessor.min_text_score': score_thr,
            f'test_dataloader.dataset.pipeline.{index}.scale': scale,
            **{f'test_evaluator.{place}.score_thr': score_thr
               for place, metric in enumerate(metrics if isinstance(metrics, list) else [])
               if metric['type'] == 'TextDetHmeanMetric'}}

    def _found(self, settings: Sequence[Setting], min_text_score: float) -> Iterator[dict[Setting, Any]]:
        """Ground truth and predictions of one image after the other, by setting; all of one size."""
        dataset_config = {**self._dataset, 'pipeline': with_size(self._dataset.pipeline, settings[0].size)}
        own = self.config.model.det_head.postprocessor
        with default_scope(self.config):
            dataset = DATASETS.build(dataset_config)
            postprocessors = {setting: MODELS.build({
                **own, 'mask_thr': setting.mask_thr, 'unclip_ratio': setting.unclip_ratio,
                'min_text_score': min_text_score}) for setting in settings}
        for index in range(len(dataset)):
            maps, samples = self._network.maps(pseudo_collate([dataset[index]]))
            with torch.inference_mode():
                yield {setting: read_sample(postprocessor(maps, samples)[0].to_dict())
                       for setting, postprocessor in postprocessors.items()}


def _best(points: Sequence[Point]) -> Point:
    """The point of the highest hmean; of several, the one in their middle, which the next images move least."""
    highest = max(point.tally.hmean for point in points)
    best = [point for point in points if point.tally.hmean == highest]
    return best[len(best) // 2]
