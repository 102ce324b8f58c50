#!/usr/bin/env python
"""Train a model by the `tools/train.py` of the installed MMOCR. `mim train dbnetpp_plugin CONFIG` runs this file."""

import runpy
from importlib.util import find_spec
from pathlib import Path

if __name__ == '__main__':
    spec = find_spec('mmocr')
    if spec is None or spec.origin is None:
        raise SystemExit('MMOCR is not installed: see docs/install.md')
    runpy.run_path(str(Path(spec.origin).parent / '.mim/tools/train.py'), run_name='__main__')
