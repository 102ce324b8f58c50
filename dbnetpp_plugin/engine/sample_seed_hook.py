"""Augmentation that does not depend on how the work was divided."""

import copy
from collections.abc import Iterator
from typing import Any

from mmengine.dataset import ConcatDataset
from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner
from mmocr.datasets.samplers import BatchAugSampler
from mmocr.registry import HOOKS


@HOOKS.register_module()
class SampleSeedHook(Hook):
    """Makes the random numbers of a training sample depend on the seed, the epoch and the image alone.

    MMEngine seeds each worker once, so what a sample draws depends on how many processes and workers there are and on
    all that they drew before. With this hook an interrupted and resumed training sees exactly the samples of an
    uninterrupted one, and so does training on another number of workers or processes. The generators of Python, NumPy,
    PyTorch and imgaug are seeded, from which the transforms of MMOCR, torchvision and this package draw.

    It acts on data sets with a method ``seed_samples(seed, epoch, part)``, as :class:`.TextDetDataset`,
    :class:`.RandomSynthText` and :class:`.RandomSynthWords` have, and on concatenations of them, in training counted in
    epochs. ``part`` is the place in the concatenation, from 0, and left out where it is 0: a data set that is listed
    twice gives two samples of an image, not the same one twice.

    Where training counts iterations, MMEngine resumes by drawing again all that was drawn before, which needs no help.
    Data sets and samplers that repeat an image within an epoch are left alone: its samples would be repeated exactly.
    """

    def before_train_epoch(self, runner: Runner) -> None:
        """Tell the data sets, in all worker processes, which epoch begins."""
        loader = runner.train_dataloader
        if not isinstance(runner.train_loop, EpochBasedTrainLoop) or _repeats(loader):
            return
        _separate(loader.dataset, {id(repeated) for repeated in _wrapped(loader.dataset)})
        for part, dataset in enumerate(_parts(loader.dataset)):
            if hasattr(dataset, 'seed_samples'):
                dataset.seed_samples(runner.seed, runner.epoch, *([part] if part else []))


def _repeats(loader: Any) -> bool:
    return isinstance(getattr(loader, 'sampler', None), BatchAugSampler)


def _separate(dataset: Any, seen: set[int]) -> None:
    """Where one object is several parts of a concatenation, let each of them be seeded on its own.

    Before the first epoch, that is, before there are workers; afterwards there is nothing left to separate.
    """
    if not isinstance(dataset, ConcatDataset):
        return
    for place, part in enumerate(dataset.datasets):
        if isinstance(part, ConcatDataset):
            if id(part) in seen:
                dataset.datasets[place] = part = _shallow_copy(part)
            _separate(part, seen)
        elif id(part) in seen and hasattr(part, 'with_own_seed'):
            dataset.datasets[place] = part.with_own_seed()
        seen.add(id(part))


def _wrapped(dataset: Any) -> Iterator[Any]:
    """The data sets inside wrappers that are no concatenations, which must not be seeded."""
    for part in _parts(dataset):
        while hasattr(part, 'dataset'):
            part = part.dataset
            yield from _parts(part)


def _shallow_copy(dataset: ConcatDataset) -> ConcatDataset:
    copied = copy.copy(dataset)
    copied.datasets = list(dataset.datasets)
    return copied


def _parts(dataset: Any) -> Iterator[Any]:
    """The data sets that a concatenation, maybe of concatenations, consists of."""
    if isinstance(dataset, ConcatDataset):
        for part in dataset.datasets:
            yield from _parts(part)
    else:
        yield dataset
