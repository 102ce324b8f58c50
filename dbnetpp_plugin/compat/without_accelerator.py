"""Distributed and mixed-precision training on machines without an accelerator."""

import functools
import logging
import os
from typing import Any
from unittest.mock import patch


def has_accelerator() -> bool:
    """Whether there is any of the accelerators that MMEngine starts distributed training on."""
    from mmengine.device import is_cuda_available, is_mlu_available, is_musa_available, is_npu_available
    return is_cuda_available() or is_npu_available() or is_mlu_available() or is_musa_available()


def train_distributed_without_accelerator() -> None:
    """Let mmengine's ``--launcher pytorch`` run on a machine without an accelerator.

    mmengine 0.10.7 calls ``torch.cuda.set_device`` before it makes the process group, also for gloo, and passes a GPU
    number to DistributedDataParallel. Without CUDA both raise. Here the call is skipped, ``nccl`` becomes ``gloo``, and
    all else is mmengine's own. No-op where there is an accelerator.
    """
    if has_accelerator():
        return
    import mmengine.dist.utils as dist_utils
    from mmengine.model import MMDistributedDataParallel
    if hasattr(dist_utils._init_dist_pytorch, '__wrapped__'):
        return
    dist_utils._init_dist_pytorch = _on_cpu(dist_utils._init_dist_pytorch)
    wrapped_init = MMDistributedDataParallel.__init__

    @functools.wraps(wrapped_init)
    def init_on_cpu(self: Any, module: Any, *args: Any, device_ids: Any = None, **kwargs: Any) -> None:
        wrapped_init(self, module, *args, **kwargs)

    MMDistributedDataParallel.__init__ = init_on_cpu  # type: ignore[method-assign]


def _on_cpu(init_dist: Any) -> Any:
    @functools.wraps(init_dist)
    def init(backend: str, *args: Any, **kwargs: Any) -> None:
        import torch
        if backend == 'nccl':
            logging.getLogger(__name__).warning('No CUDA device: rank %s uses the gloo backend in place of nccl.',
                                                os.environ.get('RANK', '?'))
            backend = 'gloo'
        with patch.object(torch.cuda, 'set_device', lambda device: None):
            init_dist(backend, *args, **kwargs)

    return init


def train_mixed_precision_without_accelerator() -> None:
    """Let ``--amp`` run on a machine without an accelerator, in bfloat16.

    mmengine 0.10.7 can autocast on CPU, to bfloat16, and its gradient scaler turns itself off there, but its optimizer
    wrapper asserts that a GPU is present. No-op where there is an accelerator.
    """
    if not has_accelerator():
        import mmengine.optim.optimizer.amp_optimizer_wrapper as amp_wrapper
        amp_wrapper.is_cuda_available = _pass_the_assertion


def _pass_the_assertion() -> bool:
    return True
