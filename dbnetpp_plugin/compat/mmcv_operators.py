"""Importing mmdet and mmocr where mmcv has no compiled operators."""

import functools
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

_EXTENSION, _OPERATORS = 'mmcv._ext', 'mmcv.ops'


class _MissingOperators(types.ModuleType):
    """Every operator exists, and says so clearly when it is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith('__'):
            raise AttributeError(name)
        return functools.partial(_raise_missing_operator, name)


def _raise_missing_operator(name: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise RuntimeError(f'The operator `{name}` is compiled code of the full mmcv, but mmcv-lite is installed. DBNet '
                       'and DBNet++ do not need it; for models that do, install mmcv 2.0.1 built for your PyTorch.')


@contextmanager
def stand_in_for_mmcv_ext() -> Iterator[None]:
    """Context in which ``mmcv.ops`` can be imported where mmcv has no compiled operators.

    mmdet and mmocr import ``mmcv.ops`` at import time, and ``mmcv.ops`` asks ``mmcv._ext`` for each operator by name.
    mmcv 2.0.1 has no wheel, mmcv-lite 2.0.1 is the same package without ``mmcv._ext``, and DBNet calls no operator of
    it. What was imported inside keeps its operators, which raise an error when they are called. Afterwards
    ``mmcv.ops`` is gone again, so that projects which probe for it with ``try: from mmcv.ops import ...`` find what is
    really there. No-op where a compiled ``mmcv._ext`` is installed, and where ``mmcv.ops`` has been imported before.
    """
    if _OPERATORS in sys.modules or _EXTENSION in sys.modules or importlib.util.find_spec(_EXTENSION) is not None:
        yield
        return
    module = _MissingOperators(_EXTENSION, 'Stand-in for the compiled operators of mmcv, see dbnetpp_plugin.compat.')
    module.__spec__ = importlib.machinery.ModuleSpec(_EXTENSION, loader=None, origin=__name__)
    # Asked for when an environment report is printed, where raising would end the program.
    module.get_compiler_version = lambda: 'n/a (mmcv-lite)'  # type: ignore[attr-defined]
    module.get_compiling_cuda_version = lambda: 'n/a (mmcv-lite)'  # type: ignore[attr-defined]
    sys.modules[_EXTENSION] = module
    try:
        yield
    finally:
        _forget(_EXTENSION)
        _forget(_OPERATORS)


def _forget(name: str) -> None:
    for loaded in [loaded for loaded in sys.modules if loaded == name or loaded.startswith(f'{name}.')]:
        del sys.modules[loaded]
    parent, _, child = name.rpartition('.')
    if parent in sys.modules:
        vars(sys.modules[parent]).pop(child, None)
