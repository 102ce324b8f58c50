"""Says which images could not be read."""

from collections.abc import Iterator
from typing import Any

from mmengine.dist import all_gather_object
from mmengine.hooks import Hook
from mmengine.logging import MMLogger
from mmengine.runner import Runner
from mmocr.registry import HOOKS

from dbnetpp_plugin.wording import few


@HOOKS.register_module()
class BrokenImageHook(Hook):
    """Says at the end of training, validation and testing how many images could not be read, and names some.

    It asks data sets that know, such as :class:`.TextDetDataset`, and those that others wrap. Data workers warn of a
    broken image when they meet it, long before the figures that it is missing from.

    Raises:
        RuntimeError: At the end of a validation or a test that could not read a single image.
    """

    def before_val_epoch(self, runner: Runner) -> None:
        """Count anew: a file may have been repaired."""
        _forget(runner.val_dataloader.dataset)

    def before_test_epoch(self, runner: Runner) -> None:
        """Count anew."""
        _forget(runner.test_dataloader.dataset)

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Say what the figures are not about."""
        _report('Validation', runner.val_dataloader.dataset, 'are left out of its figures', must_read=True)

    def after_test_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Say what the figures are not about."""
        _report('Test', runner.test_dataloader.dataset, 'are left out of its figures', must_read=True)

    def after_train(self, runner: Runner) -> None:
        """Say what was not trained on."""
        _report('Training', runner.train_dataloader.dataset, 'were replaced by others')


def _forget(dataset: Any) -> None:
    for part in _knowing(dataset):
        part.forget_broken_images()


def _report(task: str, dataset: Any, fate: str, must_read: bool = False) -> None:
    here = [path for part in _knowing(dataset) for path in part.broken_images()]
    broken = sorted({path for paths in all_gather_object(here) for path in paths})
    if not broken:
        return
    summary = f'{task}: {len(broken)} of {len(dataset)} images could not be read and {fate}: {few(broken)}'
    if must_read and len(broken) >= len(dataset):
        raise RuntimeError(f'{summary}. That is all of them: check data_root and data_prefix')
    MMLogger.get_current_instance().warning(summary)


def _knowing(dataset: Any) -> Iterator[Any]:
    """The data sets that know their broken images, inside any wrappers."""
    if hasattr(dataset, 'broken_images'):
        yield dataset
        return
    for part in getattr(dataset, 'datasets', None) or filter(None, [getattr(dataset, 'dataset', None)]):
        yield from _knowing(part)
