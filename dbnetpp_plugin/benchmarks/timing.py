"""What the benchmarks share: processor time, passes by turns, spread, and the machine that was measured."""

import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import cv2
import mmocr
import numpy as np
import pyclipper
import shapely
import torch

import dbnetpp_plugin

T = TypeVar('T')
P = ParamSpec('P')
MODULES = (dbnetpp_plugin, mmocr, torch, cv2, np, shapely, pyclipper)


def timed(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """What a call returns, and the processor time that it takes, in milliseconds."""
    start = time.process_time()
    result = step(*args, **kwargs)
    return result, (time.process_time() - start) * 1e3


def by_turns(passes: Mapping[str, Callable[[], T]], repeats: int) -> dict[str, list[T]]:
    """Call one after the other, several times, so that a moment in which the machine is busy slows all of them.

    Args:
        passes: Calls by name.
        repeats: How often each is called, after one call to warm up.

    Returns:
        What each returned, without the calls to warm up.
    """
    rounds = [{name: call() for name, call in passes.items()} for _ in range(repeats + 1)][1:]
    return {name: [taken[name] for taken in rounds] for name in passes}


def times_by_turns(steps: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, dict[str, float]]:
    """Spread of the processor time of calls by turns, in milliseconds, by name."""
    rounds = by_turns({name: partial(timed, step) for name, step in steps.items()}, repeats)
    return {name: spread([milliseconds for _, milliseconds in taken]) for name, taken in rounds.items()}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 10th and 90th percentile."""
    low, median, high = np.percentile(values, [10, 50, 90]).tolist()
    return {'median': median, 'p10': low, 'p90': high}


def use_one_thread() -> None:
    """Keep OpenCV and PyTorch on one core, as a data worker is."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def environment() -> dict[str, dict[str, Any]]:
    """What the figures depend on: versions of Python and the packages, processor, and how many cores it has."""
    packages = {module.__name__: getattr(module, '__version__', 'unknown') for module in MODULES}
    return {'versions': {'python': platform.python_version(), **packages},
            'machine': {'processor': processor_name(), 'cores': os.cpu_count()}}


def processor_name(cpuinfo: Path = Path('/proc/cpuinfo')) -> str:
    """Model of the processor, as Linux has it; elsewhere what Python knows of it."""
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding='utf-8').splitlines():
            if line.startswith('model name'):
                return line.partition(':')[2].strip()
    return platform.processor() or platform.machine()
