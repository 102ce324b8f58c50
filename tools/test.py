#!/usr/bin/env python
"""Test a model by the `tools/test.py` of the installed MMOCR. `mim test dbnetpp_plugin CONFIG` runs this file."""

import runpy
from importlib.util import find_spec
from pathlib import Path

if __name__ == '__main__':
    spec = find_spec('mmocr')
    if spec is None or spec.origin is None:
        raise SystemExit('MMOCR is not installed: see docs/install.md')
    runpy.run_path(str(Path(spec.origin).parent / '.mim/tools/test.py'), run_name='__main__')
