"""A hook for tests: batch normalisation by running statistics, so that it does not matter how a batch is split."""

from typing import Any

from mmengine.hooks import Hook
from mmocr.registry import HOOKS
from torch.nn.modules.batchnorm import _BatchNorm


@HOOKS.register_module()
class EvalNormHook(Hook):
    def before_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None) -> None:
        for module in runner.model.modules():
            if isinstance(module, _BatchNorm):
                module.eval()
