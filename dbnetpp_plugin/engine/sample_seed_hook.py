"""Augmentation that does not depend on how the work was divided."""

from collections.abc import Iterator
from typing import Any

from mmengine.dataset import ConcatDataset
from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner
from mmocr.registry import HOOKS


@HOOKS.register_module()
class SampleSeedHook(Hook):
    """Makes the random numbers of a training sample depend on the seed, the epoch and the image alone.

    MMEngine seeds each worker once, so what a sample draws depends on how many processes and workers there are and on
    all that they drew before. With this hook an interrupted and resumed training sees exactly the samples of an
    uninterrupted one, and so does training on another number of workers or processes.

    It acts on data sets with a method ``seed_samples(seed, epoch)``, as :class:`.TextDetDataset`,
    :class:`.RandomSynthText` and :class:`.RandomSynthWords` have, and on concatenations of them, in training counted in
    epochs. Where training counts iterations, MMEngine resumes by drawing again all that was drawn before, which needs
    no help. Data sets that repeat others within an epoch are left alone: their samples would be repeated exactly.
    """

    def before_train_epoch(self, runner: Runner) -> None:
        """Tell the data sets, in all worker processes, which epoch begins."""
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            for dataset in _seedable_datasets(runner.train_dataloader.dataset):
                dataset.seed_samples(runner.seed, runner.epoch)


def _seedable_datasets(dataset: Any) -> Iterator[Any]:
    if hasattr(dataset, 'seed_samples'):
        yield dataset
    elif isinstance(dataset, ConcatDataset):
        for part in dataset.datasets:
            yield from _seedable_datasets(part)
