#!/usr/bin/env python
"""Write a detector as an ONNX file, and check that it gives what the model gives.

    python tools/export_onnx.py detector.onnx
    python tools/export_onnx.py detector.onnx --config configs/dbnetpp_r18_td500.py --weights weights.pth
    python tools/detect.py photos/ --weights detector.onnx

Without a config, it is the detector that comes with the package. Needs the packages onnx, onnxscript and onnxruntime.
See docs/deploying.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from dbnetpp_plugin.apis import export_detector


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out', type=Path, help='file to write, .onnx')
    parser.add_argument('--config', type=Path, help='of the detector (default: the one that comes with the package)')
    parser.add_argument('--weights', help='path or address of its checkpoint')
    args = parser.parse_args(arguments)
    if (args.config is None) != (args.weights is None):
        parser.error('--config and --weights belong together: give both, or none for the detector of the package')
    try:
        export_detector(args.out, args.config, args.weights)
    except (ImportError, OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


if __name__ == '__main__':
    main()
