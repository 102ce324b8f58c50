"""DBNet and DBNet++ text detection for the OpenMMLab ecosystem.

Importing this package makes the OpenMMLab packages run on the installed Python, NumPy and PyTorch
(:mod:`dbnetpp_plugin.compat`), then registers every module in MMOCR's registries.
"""

from . import compat

compat.apply()

from . import datasets, engine, evaluation, models  # noqa: E402
from .version import __version__  # noqa: E402

__all__ = ['__version__', 'datasets', 'engine', 'evaluation', 'models']
