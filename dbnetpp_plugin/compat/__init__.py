"""Make the OpenMMLab packages run on today's Python, NumPy and PyTorch, and nothing else.

mmocr 1.0.1, mmdet 3.1.0, mmcv 2.0.1 and mmengine 0.10.7 are the newest releases that fit each other, and all are older
than the NumPy and PyTorch one installs today. Each function closes one gap, says why the gap exists, and does nothing
where it is already closed. Importing ``dbnetpp_plugin`` closes all of them. In a program that imports ``mmocr`` itself,
import ``dbnetpp_plugin`` first.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from .checkpoints import allow_mmengine_checkpoints
from .downloads import explain_failed_downloads
from .mmcv_operators import stand_in_for_mmcv_ext
from .numpy_names import restore_numpy_names
from .packages import check_packages
from .without_accelerator import train_distributed_without_accelerator, train_mixed_precision_without_accelerator

__all__ = ['check_packages', 'openmmlab']

# All that is there of mmdet and mmocr with the modules that import mmcv.ops: what others import later is loaded then.
_WITH_OPERATORS = ('mmdet.apis', 'mmocr.apis')


@contextmanager
def openmmlab() -> Iterator[None]:
    """Check the installation, close every gap, and let mmdet and mmocr be imported inside the context.

    After the context they are imported, and all gaps stay closed but one: ``mmcv.ops`` can no longer be imported unless
    mmcv has compiled operators. Entering again changes nothing.

    Raises:
        ImportError: If a package is missing, torch and torchvision do not belong together, or torch or mmocr is of an
            unsupported version; the message says what to install.
    """
    check_packages()
    restore_numpy_names()
    allow_mmengine_checkpoints()
    explain_failed_downloads()
    train_distributed_without_accelerator()
    train_mixed_precision_without_accelerator()
    with stand_in_for_mmcv_ext():
        for name in _WITH_OPERATORS:
            importlib.import_module(name)
        yield
