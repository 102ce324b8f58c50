"""Loading MMEngine's checkpoints with today's ``torch.load``."""

import importlib
import pickle
from collections.abc import Callable
from typing import Any


def allow_mmengine_checkpoints() -> None:
    """Let ``torch.load`` read what mmengine saves beside the weights: the history of logged numbers.

    Since PyTorch 2.6 ``torch.load`` refuses every class it was not told of, and mmengine's checkpoints hold
    ``HistoryBuffer`` objects, which hold NumPy arrays. The classes are named one by one; ``weights_only`` stays on.
    """
    import numpy as np
    import torch
    from mmengine.logging.history_buffer import HistoryBuffer
    multiarray = importlib.import_module('numpy._core.multiarray')
    reconstruct, scalar = multiarray._reconstruct, multiarray.scalar
    number_dtypes = [type(np.dtype(code)) for code in '?bBhHiIlLqQefd']
    torch.serialization.add_safe_globals([
        HistoryBuffer, np.ndarray, np.dtype, *number_dtypes,
        *((function, f'numpy.{module}.multiarray.{function.__name__}')
          for function in (reconstruct, scalar) for module in ('core', '_core')),
        (_history_statistic, 'builtins.getattr'),
    ])


def _history_statistic(owner: type, name: str) -> Callable[..., Any]:
    """What ``getattr`` becomes inside a checkpoint: it gives the statistics of HistoryBuffer, and nothing else.

    HistoryBuffer saves its table of methods, each as ``getattr(HistoryBuffer, name)``. The real ``getattr`` would let a
    file reach far more than that.
    """
    from mmengine.logging.history_buffer import HistoryBuffer
    if owner is not HistoryBuffer or name not in ('min', 'max', 'current', 'mean'):
        raise pickle.UnpicklingError(f'the file asks for {name!r} of {owner!r}, which is none of the statistics that '
                                     'mmengine saves in a checkpoint.')
    return getattr(HistoryBuffer, name)
