"""Make the OpenMMLab packages run on today's Python, NumPy and PyTorch, and nothing else.

mmocr 1.0.1, mmdet 3.1.0, mmcv 2.0.1 and mmengine 0.10.7 are the newest releases that fit each other, and all are older
than the NumPy and PyTorch one installs today. Each function here closes one gap, says why the gap exists, and does
nothing where it is already closed. :func:`apply` calls them in the order in which the packages need them; importing
``dbnetpp_plugin`` calls :func:`apply` before the first OpenMMLab import. In a program that imports ``mmocr`` itself,
import ``dbnetpp_plugin`` first.
"""

import functools
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import logging
import os
import pickle
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn

SUPPORTED_MMOCR = '1.0'
INSTALL_HINT = 'install the pinned set with `make setup`, or see docs/install.md'


def apply() -> None:
    """Check the installation, then close every gap. Calling it again changes nothing.

    Raises:
        ImportError: If a package is missing, torch and torchvision do not belong together, or mmocr is of an
            unsupported version; the message says what to install.
    """
    check_packages()
    check_torchvision(_version('torch'), _version('torchvision'))
    check_mmocr(_version('mmocr'))
    restore_numpy_names()
    stand_in_for_mmcv_ext()
    allow_mmengine_checkpoints()
    train_distributed_without_cuda()
    train_mixed_precision_without_cuda()


# --- checks ----------------------------------------------------------------------------------------------------------
# Import name -> what to install. Looked up without importing, so that a missing package is named before another
# package fails on it with a traceback of its own.
_REQUIRED = {
    'torch': 'torch',
    'torchvision': 'torchvision',
    'cv2': 'opencv-python-headless',
    'shapely': 'shapely',
    'pyclipper': 'pyclipper',
    'imgaug': 'imgaug==0.4.0',
    'mmengine': 'mmengine==0.10.7',
    'mmcv': 'mmcv-lite==2.0.1 (or mmcv 2.0.1, compiled)',
    'mmdet': 'mmdet==3.1.0',
    'mmocr': 'mmocr==1.0.1',
}


def check_packages(find: Callable[[str], Any] = importlib.util.find_spec) -> None:
    """Raise one ImportError that names every missing package."""
    missing = [wanted for name, wanted in _REQUIRED.items() if name not in sys.modules and find(name) is None]
    if missing:
        raise ImportError(f'dbnetpp_plugin needs {", ".join(missing)}: {INSTALL_HINT}.')


def check_torchvision(torch_version: str, torchvision_version: str) -> None:
    """Raise ImportError where the two are of different releases or builds.

    torchvision's compiled operators are linked against one torch release: torchvision 0.(N + 15) belongs to torch 2.N.
    A mismatch otherwise ends in ``operator torchvision::nms does not exist``. Builds are compared where both name
    theirs (``+cpu``, ``+cu130``); a build of torch for CPU only, beside PyPI's torchvision, does not import either.
    """
    torch_major, torch_minor = _major_minor(torch_version)
    vision_major, vision_minor = _major_minor(torchvision_version)
    if torch_major != 2:
        raise ImportError(f'dbnetpp_plugin needs torch 2.x, but torch {torch_version} is installed: {INSTALL_HINT}.')
    wanted = f'0.{torch_minor + 15}'
    if (vision_major, vision_minor) != (0, torch_minor + 15):
        raise ImportError(f'torchvision {torchvision_version} was not built for torch {torch_version}: '
                          f'install torchvision {wanted}.*.')
    torch_build, vision_build = (v.partition('+')[2] for v in (torch_version, torchvision_version))
    if torch_build == 'cpu' and vision_build != 'cpu':
        raise ImportError(f'torch {torch_version} is a CPU build and torchvision {torchvision_version} is not: '
                          'install both from the same package index.')


def check_mmocr(version: str) -> None:
    """Raise ImportError for an mmocr other than 1.0.x, whose registries and base classes this package builds on."""
    if not version.startswith(SUPPORTED_MMOCR + '.'):
        raise ImportError(f'dbnetpp_plugin supports mmocr {SUPPORTED_MMOCR}.x, but mmocr {version} is installed: '
                          'install mmocr==1.0.1.')


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:  # built from source, or on the path without metadata
        return str(importlib.import_module(distribution).__version__)


def _major_minor(version: str) -> tuple[int, int]:
    major, minor = version.split('.')[:2]
    return int(major), int(minor)


# --- NumPy -----------------------------------------------------------------------------------------------------------
def restore_numpy_names() -> None:
    """Put back ``np.sctypes`` and ``np.bool``, which imgaug 0.4.0 reads while it is imported by mmocr.

    NumPy 2.0 removed ``sctypes``; NumPy 1.24 removed ``bool``, and 2.0 brought it back as the scalar type. No-op where
    the names exist.
    """
    import numpy as np
    if 'bool' not in vars(np):
        np.bool = np.bool_  # type: ignore[misc]
    if 'sctypes' not in vars(np):
        np.sctypes = {  # type: ignore[attr-defined]  # noqa: NPY201
            'int': [np.int8, np.int16, np.int32, np.int64],
            'uint': [np.uint8, np.uint16, np.uint32, np.uint64],
            'float': [np.float16, np.float32, np.float64, np.longdouble],
            'complex': [np.complex64, np.complex128, np.clongdouble],
            'others': [bool, object, bytes, str, np.void],
        }


# --- mmcv ------------------------------------------------------------------------------------------------------------
class _MissingOps(types.ModuleType):
    """Stands in for ``mmcv._ext``: every operator exists, and says so clearly when it is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith('__'):
            raise AttributeError(name)
        return functools.partial(_raise_missing_op, name)


def _raise_missing_op(name: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise RuntimeError(f'The operator `{name}` is compiled code of the full mmcv, but mmcv-lite is installed. DBNet '
                       'and DBNet++ do not need it; for models that do, install mmcv 2.0.1 built for your PyTorch.')


def stand_in_for_mmcv_ext() -> None:
    """Let ``mmcv.ops`` be imported where mmcv has no compiled operators.

    mmdet and mmocr import ``mmcv.ops`` at import time, and ``mmcv.ops`` asks ``mmcv._ext`` for each operator by name.
    mmcv 2.0.1 has no wheel, mmcv-lite 2.0.1 is the same package without ``mmcv._ext``, and nothing on DBNet's way
    calls an operator of it. No-op where a compiled ``mmcv._ext`` is installed.
    """
    name = 'mmcv._ext'
    if name in sys.modules or importlib.util.find_spec(name) is not None:
        return
    module = _MissingOps(name, 'Stand-in for the compiled operators of mmcv, see dbnetpp_plugin.compat.')
    module.__spec__ = importlib.machinery.ModuleSpec(name, loader=None, origin='dbnetpp_plugin.compat')
    # Asked for when an environment report is printed, where raising would end the program.
    module.get_compiler_version = lambda: 'n/a (mmcv-lite)'  # type: ignore[attr-defined]
    module.get_compiling_cuda_version = lambda: 'n/a (mmcv-lite)'  # type: ignore[attr-defined]
    sys.modules[name] = module


# --- PyTorch ---------------------------------------------------------------------------------------------------------
def allow_mmengine_checkpoints() -> None:
    """Let ``torch.load`` read what mmengine saves beside the weights: the history of logged numbers.

    Since PyTorch 2.6 ``torch.load`` refuses every class it was not told of, and mmengine's checkpoints hold
    ``HistoryBuffer`` objects, which hold NumPy arrays. The classes are named one by one; ``weights_only`` stays on.
    No-op before PyTorch 2.4, which has neither the list nor the default.
    """
    import numpy as np
    import torch
    from mmengine.logging.history_buffer import HistoryBuffer
    if not hasattr(torch.serialization, 'add_safe_globals'):
        return
    # NumPy 2 renamed numpy.core to numpy._core; a checkpoint names the module of the NumPy that wrote it.
    core = np._core if hasattr(np, '_core') else np.core  # type: ignore[attr-defined]
    reconstruct, scalar = core.multiarray._reconstruct, core.multiarray.scalar
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


# --- distributed training without CUDA -------------------------------------------------------------------------------
def train_distributed_without_cuda() -> None:
    """Let mmengine's ``--launcher pytorch`` run on a machine without CUDA.

    mmengine 0.10.7 calls ``torch.cuda.set_device`` before it makes the process group, also for gloo, and passes a GPU
    number to DistributedDataParallel. Without CUDA both raise. No-op where CUDA is available.
    """
    import torch
    if torch.cuda.is_available():
        return
    import mmengine.dist.utils as dist_utils
    from mmengine.model import MMDistributedDataParallel
    if getattr(dist_utils._init_dist_pytorch, 'without_cuda', False):
        return
    dist_utils._init_dist_pytorch = _init_dist_without_cuda
    wrapped_init = MMDistributedDataParallel.__init__

    @functools.wraps(wrapped_init)
    def init_on_cpu(self: Any, module: Any, *args: Any, device_ids: Any = None, **kwargs: Any) -> None:
        wrapped_init(self, module, *args, **kwargs)

    MMDistributedDataParallel.__init__ = init_on_cpu  # type: ignore[method-assign]


def _init_dist_without_cuda(backend: str, init_backend: str = 'torch', **kwargs: Any) -> None:
    import torch.distributed
    if backend == 'nccl':
        logging.getLogger(__name__).warning('No CUDA device: rank %s uses the gloo backend in place of nccl.',
                                            os.environ.get('RANK', '?'))
        backend = 'gloo'
    torch.distributed.init_process_group(backend=backend, **kwargs)


_init_dist_without_cuda.without_cuda = True  # type: ignore[attr-defined]


def train_mixed_precision_without_cuda() -> None:
    """Let ``--amp`` run on a machine without CUDA, in bfloat16.

    mmengine 0.10.7 can autocast on CPU, to bfloat16, and its gradient scaler turns itself off there, but its optimizer
    wrapper asserts that a GPU is present. No-op where CUDA is available.
    """
    import mmengine.optim.optimizer.amp_optimizer_wrapper as amp_wrapper
    import torch
    if not torch.cuda.is_available():
        amp_wrapper.is_cuda_available = _pass_the_assertion


def _pass_the_assertion() -> bool:
    return True
