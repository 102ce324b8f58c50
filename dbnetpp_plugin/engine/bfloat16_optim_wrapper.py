"""Mixed precision where MMEngine's own wrapper refuses to work."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.optim import OptimWrapper
from mmocr.registry import OPTIM_WRAPPERS
from torch import nn


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Computes the forward pass in bfloat16 where PyTorch's autocast deems it safe, on CPUs as well.

    MMEngine's ``AmpOptimWrapper`` does so on accelerators alone. bfloat16 has the range of float32, so the loss is not
    scaled. A CPU must have instructions for it, or training becomes slower; with AVX512-BF16 but without AMX it
    depends on the model. ``dbnetpp benchmark step`` tells.

    Args:
        **kwargs: As ``OptimWrapper``.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Run what is inside in mixed precision, on the device of the model."""
        device = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device, dtype=torch.bfloat16):
            yield
