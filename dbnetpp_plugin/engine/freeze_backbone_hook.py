"""Train the neck and the head first, and the pretrained backbone later."""

from typing import Any

from mmengine.hooks import Hook
from mmengine.logging import MMLogger
from mmengine.model import is_model_wrapper
from mmengine.runner import IterBasedTrainLoop, Runner
from mmocr.registry import HOOKS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel


@HOOKS.register_module()
class FreezeBackboneHook(Hook):
    """Freezes ``model.backbone`` for the first epochs or iterations of a training.

    Frozen means: no gradients, so its backward pass is not even computed, and batch normalisation with its running
    statistics, which stay. Afterwards exactly the parameters that were frozen here are trained again; what the model
    froze itself (``frozen_stages``) stays frozen. The optimizer leaves parameters without a gradient alone, so weight
    decay and momentum do not touch the backbone. A resumed training continues where the interrupted one was.

    Distributed training: DistributedDataParallel notes at its construction which parameters will have gradients, and
    waits for those. The model is therefore wrapped anew, by the runner and as configured, at the freeze and at the
    thaw; ``find_unused_parameters``, which costs time in every iteration of the whole training, is not needed.

    Args:
        epochs: How many epochs, for training counted in epochs. Give either this or ``iters``.
        iters: How many iterations.

    Raises:
        ValueError: Unless exactly one of the two is given, and positive; at the start of training, if epochs are given
            and training counts iterations, or the model has no backbone.
    """

    def __init__(self, epochs: int | None = None, iters: int | None = None) -> None:
        if (epochs is None) == (iters is None) or (epochs or iters or 0) <= 0:
            raise ValueError('FreezeBackboneHook needs a positive number of either epochs or iters, '
                             f'but got epochs={epochs} and iters={iters}.')
        self.epochs = epochs
        self.iters = iters
        self._frozen: list[nn.Parameter] = []

    def before_train(self, runner: Runner) -> None:
        """Freeze, unless a resumed training is past that point."""
        if self.epochs is not None and isinstance(runner.train_loop, IterBasedTrainLoop):
            raise ValueError(f'FreezeBackboneHook(epochs={self.epochs}) needs training that counts epochs, but this '
                             'one counts iterations: give iters.')
        if self._is_over(runner):
            return
        self._frozen = [p for p in _backbone(runner).parameters() if p.requires_grad]
        self._switch(runner, requires_grad=False)

    def before_train_epoch(self, runner: Runner) -> None:
        """Thaw in time for the loop to put the whole model into training mode."""
        self._thaw_when_over(runner)

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        """Thaw, or take the backbone's batch normalisation out of the training mode that loops put the model into."""
        self._thaw_when_over(runner)
        if self._frozen:
            for module in _backbone(runner).modules():
                if isinstance(module, _BatchNorm):
                    module.eval()

    def _is_over(self, runner: Runner) -> bool:
        if self.epochs is not None:
            return runner.epoch >= self.epochs
        return runner.iter >= self.iters

    def _thaw_when_over(self, runner: Runner) -> None:
        if self._frozen and self._is_over(runner):
            self._switch(runner, requires_grad=True)
            self._frozen = []
            # Within an epoch the loop does not. The whole model, whose layers know what else stays in evaluation.
            runner.model.train()

    def _switch(self, runner: Runner, requires_grad: bool) -> None:
        for parameter in self._frozen:
            parameter.requires_grad_(requires_grad)
        _wrap_again(runner)
        MMLogger.get_current_instance().info(
            f'{"Thawed" if requires_grad else "Froze"} the backbone: {len(self._frozen)} parameters.')


def _backbone(runner: Runner) -> nn.Module:
    model = runner.model.module if is_model_wrapper(runner.model) else runner.model
    if not hasattr(model, 'backbone'):
        raise ValueError(f'FreezeBackboneHook needs a model with a backbone, but {type(model).__name__} has none.')
    return model.backbone


def _wrap_again(runner: Runner) -> None:
    if not is_model_wrapper(runner.model):
        return
    if not isinstance(runner.model, DistributedDataParallel):
        raise TypeError('FreezeBackboneHook works with DistributedDataParallel, but the model is wrapped in '
                        f'{type(runner.model).__name__}.')
    # This was the only reference to the old wrapper: it goes, and takes its gradient hooks along.
    runner.model = runner.wrap_model(runner.cfg.get('model_wrapper_cfg'), runner.model.module)
    runner._maybe_compile('train_step')  # where configured; the compiled step went with the old wrapper
