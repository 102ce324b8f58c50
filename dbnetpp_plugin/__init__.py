"""DBNet and DBNet++ text detection for the OpenMMLab ecosystem.

Importing this package makes the OpenMMLab packages run on the installed Python, NumPy and PyTorch
(:mod:`dbnetpp_plugin.compat`), then registers every module in MMOCR's registries. Without PyTorch there is nothing to
register in: then the parts that need none, such as preparing and evaluating data, and running exported files, can be
imported all the same.
"""

from importlib.util import find_spec

from .version import __version__

__all__ = ['__version__']


def _has_pytorch() -> bool:
    try:
        return find_spec('torch') is not None
    except ImportError:  # of an import hook that keeps it away
        return False


if _has_pytorch():
    from . import compat

    with compat.openmmlab():
        from . import datasets, engine, evaluation, models
        from .datasets import random_synth_text, text_det_dataset, transforms  # noqa: F401
        from .evaluation import metrics  # noqa: F401
        from .inference import ppocr_weights  # noqa: F401

    __all__ += ['datasets', 'engine', 'evaluation', 'models']
