"""Write a detector as an ONNX file, and check that it gives the same results.

    dbnetpp export detector.onnx
    dbnetpp export detector.onnx --config configs/dbnetpp_r18_td500.py --weights weights.pth
    dbnetpp detect photos/ --weights detector.onnx

Without a config, the detector that comes with the package is written. Needs the packages onnx, onnxscript and
onnxruntime. See docs/deploying.md.
"""

import argparse
from pathlib import Path

from .detector_options import DEFAULT

NEEDS_OPENMMLAB = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the detector."""
    parser.add_argument('out', type=Path, help='file to write, .onnx')
    parser.add_argument('--config', type=Path, help=f'of the detector ({DEFAULT})')
    parser.add_argument('--weights', help='path or address of its checkpoint')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Write and check the file.

    Raises:
        ImportError: If a package for ONNX is missing.
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If config and weights do not fit each other, or the file gives other results than the model.
    """
    from dbnetpp_plugin.export.detector import export_detector
    if (args.config is None) != (args.weights is None):
        parser.error('--config and --weights belong together: give both, or none for the detector of the package')
    export_detector(args.out, args.config, args.weights)
