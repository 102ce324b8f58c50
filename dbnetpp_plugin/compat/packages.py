"""Which packages must be installed, and which versions fit each other."""

import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

SUPPORTED_MMOCR = '1.0'
# The oldest that the suite was run with, see requirements/lowest.txt.
LOWEST_TORCH = (2, 8)
INSTALL_HINT = 'install the pinned set with `make setup`, or see docs/install.md'
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
    """Check that every package is there, and that their versions fit.

    Args:
        find: Gives None for the import name of a package that is missing.

    Raises:
        ImportError: One that names every missing package, or the two versions that do not fit.
    """
    missing = [wanted for name, wanted in _REQUIRED.items() if sys.modules.get(name) is None and find(name) is None]
    if missing:
        raise ImportError(f'dbnetpp_plugin needs {", ".join(missing)}: {INSTALL_HINT}.')
    check_torch(_version('torch'), _version('torchvision'))
    check_mmocr(_version('mmocr'))


def check_torch(torch_version: str, torchvision_version: str) -> None:
    """Check that torch is new enough, and that torchvision is of the same release and build.

    torchvision's compiled operators are linked against one torch release: torchvision 0.(N + 15) belongs to torch 2.N.
    A mismatch otherwise ends in ``operator torchvision::nms does not exist``. Builds are compared where both name
    theirs (``+cpu``, ``+cu130``); a build of torch for CPU only, beside PyPI's torchvision, does not import either.

    Raises:
        ImportError: Where they do not fit.
    """
    torch_major, torch_minor = _major_minor(torch_version)
    if torch_major != LOWEST_TORCH[0] or torch_minor < LOWEST_TORCH[1]:
        raise ImportError(f'dbnetpp_plugin needs torch 2.x from {LOWEST_TORCH[0]}.{LOWEST_TORCH[1]} on, but torch '
                          f'{torch_version} is installed: {INSTALL_HINT}.')
    if _major_minor(torchvision_version) != (0, torch_minor + 15):
        raise ImportError(f'torchvision {torchvision_version} was not built for torch {torch_version}: '
                          f'install torchvision 0.{torch_minor + 15}.*.')
    torch_build, vision_build = (v.partition('+')[2] for v in (torch_version, torchvision_version))
    if torch_build == 'cpu' and vision_build != 'cpu':
        raise ImportError(f'torch {torch_version} is a CPU build and torchvision {torchvision_version} is not: '
                          'install both from the same package index.')


def check_mmocr(version: str) -> None:
    """Check for mmocr 1.0.x, whose registries and base classes this package builds on.

    Raises:
        ImportError: For any other version.
    """
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
