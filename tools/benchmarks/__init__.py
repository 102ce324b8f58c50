"""What tools/benchmark.py measures: a module a comparison, each with ``add_arguments`` and ``run``."""

import os

# Read when NumPy's and PyTorch's libraries are loaded, so before they are.
os.environ['OMP_NUM_THREADS'] = '1'

import dbnetpp_plugin  # noqa: F401 - makes MMOCR importable, and registers what configs name
