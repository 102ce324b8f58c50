"""Write a detector or a recognizer as an ONNX file, and check that it gives the same results.

    dbnetpp export detector.onnx
    dbnetpp export detector.onnx --config configs/dbnetpp_r18_td500.py --weights weights.pth
    dbnetpp export recognizer.onnx --task recognition
    dbnetpp read photos/ --weights detector.onnx --recognizer-weights recognizer.onnx

A model card, detector.md, is written beside the file. Without a config, a model that comes with the package is written.
Needs the packages onnx, onnxscript and onnxruntime; what reads the files, onnxruntime alone. See docs/deploying.md.
"""

import argparse
from pathlib import Path

from .argument_types import positive
from .detector_options import DEFAULT

NEEDS_OPENMMLAB = True
TASKS = DETECTION, RECOGNITION = 'detection', 'recognition'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the model."""
    parser.add_argument('out', type=Path, help='file to write, .onnx')
    parser.add_argument('--config', type=Path, help=f'of the detector or the recognizer ({DEFAULT})')
    parser.add_argument('--weights', help='path or address of its checkpoint')
    parser.add_argument('--task', choices=TASKS, help="which model of the package, without --config (default: "
                        f'{DETECTION}); with it, what the config must be for')
    parser.add_argument('--size', type=positive, nargs=2, metavar=('H', 'W'), help='height and width in pixels of the '
                        'only images that the file is to take (default: any that 32 divides, or lines of any length)')
    parser.add_argument('--float16', action='store_true', help='keep weights, and compute layers, in half precision: '
                        'half as large, and faster where the device has instructions for it')


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Write and check the file.

    Raises:
        ImportError: If a package for ONNX is missing.
        OSError: If a file is missing, or cannot be read or written.
        ValueError: If config and weights do not fit each other, the model cannot be kept in a file, or the file gives
            other results than the model.
    """
    from dbnetpp_plugin.config import load_config
    from dbnetpp_plugin.export.detector import export_detector
    from dbnetpp_plugin.export.recognizer import export_recognizer
    from dbnetpp_plugin.export.target import is_recognizer
    if (args.config is None) != (args.weights is None):
        parser.error('--config and --weights belong together: give both, or none for a model of the package')
    task = args.task or DETECTION
    if args.config is not None:
        task = RECOGNITION if is_recognizer(load_config(args.config)) else DETECTION
        if args.task not in (None, task):
            parser.error(f'--task is {args.task}, and the config {args.config} is for {task}')
    export = export_recognizer if task == RECOGNITION else export_detector
    export(args.out, args.config, args.weights, size=None if args.size is None else tuple(args.size),
           float16=args.float16)
