"""A training whose loss is no number any more."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import all_gather_object, all_reduce
from mmengine.hooks import CheckpointHook, Hook
from mmengine.logging import MMLogger
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmengine.runner.checkpoint import CheckpointLoader
from mmocr.registry import HOOKS
from torch import Tensor, nn

from dbnetpp_plugin.wording import few

# So many batches skipped one after the other mean ruined weights, not a few bad batches.
MAX_SKIPPED_IN_A_ROW = 10


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stops a training at the first loss that is NaN or infinite, or skips such a batch.

    The message names the images of the batch, and the newest checkpoint whose weights are all finite. Nothing is saved
    after such a loss.

    A skipped batch changes neither the weights nor the running statistics of batch normalisation. After
    ``MAX_SKIPPED_IN_A_ROW`` of them in a row training stops: the weights themselves are then to blame. In distributed
    training all processes skip or stop together.

    Args:
        skip: Whether to skip the batch and to go on. The loss is then looked at before the backward pass, which on a
            GPU costs a little time in every iteration.
    """

    priority = 'HIGHEST'  # before the loss is logged, and before anything is saved

    def __init__(self, skip: bool = False) -> None:
        if not isinstance(skip, bool):
            raise ValueError(f'FiniteLossHook needs True or False for skip, but got {skip!r}.')
        self.skip = skip
        self._batch: Any = None
        self._buffers: list[tuple[Tensor, Tensor]] = []
        self._was_skipped = False
        self._skipped_in_a_row = 0

    def before_train(self, runner: Runner) -> None:
        """Come between the loss and the step of the optimizer, where batches are to be skipped."""
        if not self.skip:
            return
        step = runner.optim_wrapper.update_params

        def step_if_finite(loss: Tensor, *args: Any, **kwargs: Any) -> None:
            self._was_skipped = _any_process(not _is_finite(loss), loss.device)
            if self._was_skipped:
                self._note_skipped(runner)
            else:
                self._skipped_in_a_row = 0
                step(loss, *args, **kwargs)

        runner.optim_wrapper.update_params = step_if_finite

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        """Remember what a bad batch would spoil even if it is skipped."""
        self._was_skipped = False
        if self.skip:
            self._batch = data_batch
            buffers = [b for b in _unwrapped(runner.model).buffers() if b.is_floating_point()]
            self._buffers = [(buffer, buffer.clone()) for buffer in buffers]

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None,
                         outputs: dict[str, Any] | None = None) -> None:
        """Stop at a loss that is not finite; take that of a skipped batch out of the log.

        Raises:
            FloatingPointError: If there is one.
        """
        losses = {name: value for name, value in (outputs or {}).items() if 'loss' in name}
        if self._was_skipped:
            for name in losses:
                del outputs[name]  # type: ignore[union-attr]
            return
        bad = [f'{name} is {float(value)}' for name, value in losses.items() if not _is_finite(value)]
        if _any_process(bool(bad), next(_unwrapped(runner.model).parameters()).device):
            raise FloatingPointError(f'The loss is not finite in iteration {runner.iter + 1}'
                                     f'{f" ({few(bad)})" if bad else ""}: {_advice(runner, data_batch)} To go on '
                                     'without such batches: default_hooks.finite_loss.skip=True.')

    def _note_skipped(self, runner: Runner) -> None:
        for buffer, before in self._buffers:
            buffer.copy_(before)
        self._skipped_in_a_row += 1
        if self._skipped_in_a_row >= MAX_SKIPPED_IN_A_ROW:
            raise FloatingPointError(f'The loss was not finite in {self._skipped_in_a_row} iterations in a row, up to '
                                     f'iteration {runner.iter + 1}: {_advice(runner, self._batch)}')
        MMLogger.get_current_instance().warning(f'Skipped the batch of iteration {runner.iter + 1}, whose loss is not '
                                                f'finite. {_images(self._batch)}.')


def _is_finite(value: Any) -> bool:
    return bool(torch.isfinite(value).all()) if isinstance(value, Tensor) else math.isfinite(value)


def _any_process(flag: bool, device: torch.device) -> bool:
    flags = torch.tensor(float(flag), device=device)
    all_reduce(flags, op='max')
    return bool(flags)


def _advice(runner: Runner, batch: Any) -> str:
    good = newest_finite_checkpoint(_checkpoint_folder(runner))
    last = f'The last good checkpoint is {good}.' if good else 'There is no good checkpoint yet.'
    return f'{_images(batch)}. {last} Lower the learning rate, clip gradients, or look at these images.'


def _images(batch: Any) -> str:
    names = [name for part in all_gather_object(image_names(batch)) for name in part]
    # All of them: any may be the one to look at.
    return f'Its images are {", ".join(names)}' if names else 'Its images have no names'


def image_names(batch: Any) -> list[str]:
    """Paths of the images of a batch, as far as its data samples know them."""
    samples = batch.get('data_samples', []) if isinstance(batch, Mapping) else []
    return [str(path) for path in (getattr(sample, 'img_path', None) for sample in samples) if path is not None]


def _checkpoint_folder(runner: Runner) -> Path:
    folders = [hook.out_dir for hook in runner.hooks if isinstance(hook, CheckpointHook) and hook.out_dir]
    return Path(folders[0] if folders else runner.work_dir)


def newest_finite_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in a folder of which no weight is NaN or infinite; None if there is none."""
    for path in sorted(folder.glob('*.pth'), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        state = CheckpointLoader.load_checkpoint(str(path), map_location='cpu')
        if all(_is_finite(value) for value in state.get('state_dict', state).values() if isinstance(value, Tensor)):
            return path
    return None


def _unwrapped(model: Any) -> nn.Module:
    return model.module if is_model_wrapper(model) else model
