"""Find text in images: outlines and scores, and pictures of them.

    dbnetpp detect photo.jpg
    dbnetpp detect photos/ 'scans/**/*.png' --config configs/dbnetpp_r18_td500.py --weights weights.pth --out-dir out
    torchrun --nproc-per-node 4 -m dbnetpp detect @million.txt --config ... --weights ... --out-dir out --no-pictures

Each image becomes a line of JSON in results.jsonl. Without a config, PP-OCRv6 small is used. Weights that are an ONNX
file of `dbnetpp export` need neither a config nor PyTorch.
If the program was interrupted, the same command continues. The exit code is 0 if all is done, 1 if some files could not
be read (they are named, and the others are done), 2 if nothing could be started, 3 if an error stopped the program half
way, and 130 if you interrupted it. See docs/detecting.md.
"""

import argparse

from .bulk_arguments import add_bulk_arguments, check_packages
from .detector_options import add_detector_options, chosen_detector


def NEEDS_OPENMMLAB(args: argparse.Namespace) -> bool:
    """Whether the detector runs in PyTorch."""
    from dbnetpp_plugin.deploy.names import is_onnx
    return not is_onnx(args.weights)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the images, the options of the job, and the detector."""
    add_bulk_arguments(parser, with_text=False)
    add_detector_options(parser)


def run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Detect text in all images; exit code as of :func:`.bulk_run.run_bulk`."""
    check_packages(parser)
    from dbnetpp_plugin.bulk.job import Engine

    from .bulk_run import run_bulk
    chosen = chosen_detector(parser, args)

    def build() -> Engine:
        detector = chosen.build()
        return Engine(detector.read, detector.stream)

    return run_bulk(parser, args, 'detecting', chosen.settings, build)
